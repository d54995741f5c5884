# Input functions: the nodes of a search, and what a prompt takes from its parents.


@cache
def _graph(name):
    loop = PLAN.experiments[name].loop
    return planned_graph(loop.search, loop.iterations)


def graph(wildcards):
    """The search's graph, as far as it is known before anything runs."""
    return _graph(wildcards.experiment)


# What a tree's node takes over from its parent, which is chosen on the way -> the copy that choose_parent lays beside it.
COPIES = {
    ITERATION.selection: ITERATION.parent_selection,
    ITERATION.best_policy: ITERATION.parent_policy,
    ITERATION.best_reward: ITERATION.parent_reward,
    ITERATION.best_curves: ITERATION.parent_curves,
    ITERATION.feedback: ITERATION.parent_feedback,
    ITERATION.critique: ITERATION.parent_critique,
}


def previous(path):
    """A file of the first parent, of a greedy search the round before; none for a node without one."""

    def file(wildcards):
        if graph(wildcards).tree:
            return filled(COPIES[path], **wildcards) if int(wildcards.n) > 1 else []
        return of_node(path, wildcards, graph(wildcards).first(int(wildcards.n)))

    return file


def second_parent(path):
    """A file of the second parent of a crossover; none for other nodes."""
    return lambda wildcards: of_node(
        path, wildcards, graph(wildcards).second(int(wildcards.n))
    )


def of_node(path, wildcards, n):
    """A file of another node of the loop; none if it is None."""
    return filled(path, **{**wildcards, "n": n}) if n else []


def other_lines(path):
    """For the last node, a file of each node whose best would be lost without a comparison; none for other nodes."""

    def files(wildcards):
        loop = experiment(wildcards).loop
        if int(wildcards.n) != graph(wildcards).last:
            return []
        others = compared_at_the_end(loop.search, loop.iterations)
        return [of_node(path, wildcards, n) for n in others]

    return files


def earlier_nodes(path, first=1):
    """A file of every node before, from the number `first` on."""
    return lambda wildcards: [
        of_node(path, wildcards, n) for n in range(first, int(wildcards.n))
    ]


def chosen_parent(wildcards):
    """The choice of the parent of a tree's node; none for the first node and for other searches."""
    choice = graph(wildcards).tree and int(wildcards.n) > 1
    return filled(ITERATION.parent, **wildcards) if choice else []


def is_greedy(name):
    """Whether an experiment's rounds are a single line."""
    return PLAN.experiments[name].loop.search.kind == "greedy"


def trees():
    """The experiments, by name, whose search is a tree."""
    return {name: e for name, e in PLAN.experiments.items() if _graph(name).tree}


def searched(wildcards):
    """The search, for stages that tell of it; nothing for a greedy one."""
    if is_greedy(wildcards.experiment):
        return {}
    return {"search": search_of(wildcards, "kind", "islands")}


def search_of(wildcards, *keys):
    """The keys of the search that a stage reads, those that its kind has."""
    own = experiment(wildcards).loop.search.model_dump(mode="json")
    return {key: own[key] for key in keys if key in own}


def prompt_settings(wildcards):
    """The settings that writing a prompt reads."""
    return {
        "method": of_method(
            wildcards, "prompt", "signals", "task_description", "sources"
        ),
        "task": simulated(wildcards)["task"],
        "llm": experiment(wildcards).loop.llm.model_dump(
            mode="json", include={"context_tokens", "max_tokens"}
        ),
        "iteration": int(wildcards.n),
        **wish_of(wildcards),
        **known_parents(wildcards),
    }


def known_parents(wildcards):
    """The numbers of a node's parents, those that are known before anything runs; nothing in a greedy search."""
    if is_greedy(wildcards.experiment):
        return {}
    return {"parents": list(graph(wildcards).of(int(wildcards.n)))}


def prompt_modules(wildcards):
    """The code behind a prompt that the configuration chooses."""
    task = TASKS.module(practice(wildcards).task.name)
    return [task, *feedback_modules(wildcards)]
