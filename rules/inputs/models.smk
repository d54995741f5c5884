# Input functions: how language and vision models are asked, and what they answered.

# How a server is called and paid, not what it is asked: changing these does not ask again.
ASKING = {
    "key_variable",
    "organisation",
    "connect_s",
    "timeout_s",
    "retries",
    "give_up_s",
    "recorded",
    "max_cost",
    "input_price",
    "output_price",
    "picture_tokens",
    "picture_budget",
    "picture_rule",
}
# Keys of the same section that other stages read, prompt length and repairs, or the configuration's checks.
ELSEWHERE = {"context_tokens", "repairs", "send_people", "takes_films"}
REPAIR = RESOURCES / "prompts" / "repair.j2"
PAID = {"store": str(LAYOUT.completions), "prices": str(RESOURCES / "prices.yaml")}


def provider(wildcards):
    """The completion provider: the method's own, else the configuration's; of the tuned candidate, nobody is asked."""
    return "tuned" if is_tuned(wildcards) else experiment(wildcards).loop.llm.provider


def answer_file(wildcards):
    """The file with the answer: a fixed reward, a recorded answer, or a person's once it exists."""
    chosen = provider(wildcards)
    if chosen == "fixed":
        return fixed_reward(wildcards)
    if chosen == "tuned":
        return previous(ITERATION.tuned_reward)(wildcards)
    if chosen == "recorded":
        return os.path.relpath(recorded(wildcards))
    path = Path(filled(CANDIDATE.answer, **wildcards))
    return str(path) if chosen == "manual" and path.exists() else []


def recorded_prompt(wildcards):
    """The prompt of a recorded answer, if it was recorded too."""
    if provider(wildcards) != "recorded":
        return []
    path = RoundFolder(recorded(wildcards).parent).prompt_record
    return os.path.relpath(path) if path.exists() else []


def recorded_repairs(wildcards):
    """The recorded repairs of a candidate, if there are any."""
    if provider(wildcards) != "recorded":
        return []
    path = CandidateFiles(recorded(wildcards).parent, wildcards.k).repairs
    return os.path.relpath(path) if path.exists() else []


def recorded(wildcards):
    """The path of a recorded answer."""
    return recorded_answer(
        experiment(wildcards).loop.llm.recorded,
        wildcards.experiment,
        *(int(wildcards[name]) for name in ("seed", "n", "k")),
    )


def told(model):
    """The settings of a model that change its answer."""
    return model.model_dump(mode="json", exclude=ASKING | ELSEWHERE)


def called(model):
    """The settings of a model that do not change its answer."""
    return model.model_dump(mode="json", include=ASKING)


def asked(wildcards):
    """The settings of a completion provider that change its answer."""
    if is_tuned(wildcards):
        return {"provider": provider(wildcards)}
    return told(experiment(wildcards).loop.llm) | {"provider": provider(wildcards)}


def asking(wildcards):
    """The settings of a completion provider that do not change its answer."""
    if is_tuned(wildcards):
        return {}
    return called(experiment(wildcards).loop.llm)


def can_be_repaired(wildcards):
    """Whether a candidate that fails its checks is sent back for repair."""
    wanted = experiment(wildcards).loop.llm.repairs > 0
    return wanted and COMPLETION_PROVIDERS.load(provider(wildcards)).repairs


def repairing(wildcards):
    """The settings that repairs read; nothing if repairs are off."""
    if not can_be_repaired(wildcards):
        return {}
    llm = experiment(wildcards).loop.llm
    return {
        "llm": asked(wildcards)
        | {"repairs": llm.repairs, "context_tokens": llm.context_tokens},
        "seed": int(wildcards.seed),
        "iteration": int(wildcards.n),
        "candidate": int(wildcards.k),
    }


def screening(wildcards):
    """The settings of the screen; nothing if it is off, or the task is for single motions, whose order is not known."""
    screen = experiment(wildcards).loop.screen
    cyclic = kind_of_task(practice(wildcards).task.name) == "cyclic"
    return {"screen": screen} if cyclic and screen != "off" else {}


def known_states(wildcards):
    """The motions of known quality that rewards are screened on; none if the screen is off."""
    if not screening(wildcards):
        return []
    return filled(EXPERIMENT.known_states, experiment=wildcards.experiment)


def repair_modules(wildcards):
    """The code behind repairs; nothing if repairs are off."""
    if not can_be_repaired(wildcards):
        return []
    return [REPAIRERS.module("ask"), COMPLETION_PROVIDERS.module(provider(wildcards))]


def repair_template(wildcards):
    """The template of repair requests; none if repairs are off."""
    return str(REPAIR) if can_be_repaired(wildcards) else []


def critic(wildcards):
    """The settings of who judges the robot's motion; None for methods without a critique."""
    own = experiment(wildcards)
    return critic_of(own.loop, own.method)


def drawn(wildcards, model):
    """How pictures for a model are drawn: the settings that make them smaller, and whether a person is but a figure."""
    own = experiment(wildcards)
    sized = {"model", "picture_rule", "picture_budget"}
    small = model is not None and model.picture_budget is not None
    return {
        "critique": own.loop.critique,
        "seen_by": model.model_dump(mode="json", include=sized) if small else {},
        "figure": shows_figure(own.loop, PLAN.videos[own.video]),
    }


def critiques(path, of_parent=previous):
    """A file of a parent's critique; none without such a parent and for methods without a critique."""
    return lambda wildcards: of_parent(path)(wildcards) if critic(wildcards) else []


def critique_source(wildcards):
    """The file with a critique's answer: a recorded critique, or a person's once it exists."""
    chosen = critic(wildcards)
    if chosen.provider == "recorded":
        place = wildcards.experiment, int(wildcards.seed), int(wildcards.n)
        return os.path.relpath(recorded_critique(chosen.recorded, *place))
    path = Path(filled(ITERATION.critique_answer, **wildcards))
    return str(path) if chosen.provider == "manual" and path.exists() else []
