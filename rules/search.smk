# Trees (docs/search.md): which node the next one continues is known only when those before it are judged.
# One rule for methods with a critique and one for those without, because a rule's outputs are fixed.
for i, JUDGED in enumerate(
    sorted({bool(critic_section(e.method)) for e in trees().values()})
):

    rule:
        name:
            f"choose_parent_{i}" if i else "choose_parent"
        input:
            choices=earlier_nodes(ITERATION.parent, first=2),
            selections=earlier_nodes(ITERATION.selection),
            policies=earlier_nodes(ITERATION.best_policy),
            rewards=earlier_nodes(ITERATION.best_reward),
            training_curves=earlier_nodes(ITERATION.best_curves),
            feedbacks=earlier_nodes(ITERATION.feedback),
            critiques=earlier_nodes(ITERATION.critique) if JUDGED else [],
        output:
            parent=ITERATION.parent,
            copies=[
                path
                for path in COPIES.values()
                if JUDGED or path != ITERATION.parent_critique
            ],
        log:
            ITERATION.log("choose_parent"),
        wildcard_constraints:
            experiment=one_of(
                name
                for name, e in trees().items()
                if bool(critic_section(e.method)) == JUDGED
            ),
        priority: ROUNDS_FIRST
        params:
            arguments=arguments(),
            settings=lambda wildcards: settings(
                method=of_method(wildcards, "selection", "max_velocity_error"),
                search=search_of(wildcards, "kind", "exploration"),
            ),
            code=code_digest("choose_parent"),
        shell:
            command("choose_parent", "choose_parent")
