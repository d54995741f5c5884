"""Who judges pictures of the robot beside the video, and whether they may be sent."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from video2reward.errors import UserError
from video2reward.registry import COMPLETION_PROVIDERS, FEEDBACK_SOURCES
from video2reward.settings.llm import LLM, key_fault
from video2reward.settings.loop import Loop
from video2reward.settings.method import Method
from video2reward.settings.picture_tokens import check_budget
from video2reward.settings.video import Video

PART = "critique"
_NO_MODEL = ("template", "fixed")


def critic_section(method: Method) -> str:
    """Return the section of the settings with the critic's model, "llm" or "vlm"; "" for a method without a critique."""
    asked = [source.asks for name in method.sources if (source := FEEDBACK_SOURCES.load(name)).asks]
    return asked[0] if asked else ""


def critic_of(loop: Loop, method: Method) -> LLM | None:
    """Return the settings of who is asked for critiques; None for a method without. An earlier run's are replayed."""
    section = critic_section(method)
    if not section:
        return None
    settings: LLM = getattr(loop, section)
    instead = next(filter(None, (FEEDBACK_SOURCES.load(name).provider for name in method.sources)), None)
    replayed = settings.provider == "recorded"
    return settings if instead is None or replayed else settings.model_copy(update={"provider": instead})


def check_sources(name: str, method: Method) -> None:
    """Raise a `UserError` if a method's `sources` and `feedback` do not fit each other; name: the method's."""
    critics = [one for one in method.sources if PART in FEEDBACK_SOURCES.load(one).parts]
    where = f"method {name}: sources = {', '.join(method.sources)}"
    if len(critics) > 1:
        raise UserError(f"{where}: a round has one critic; keep one of {', '.join(critics)}")
    if bool(critics) != (PART in method.feedback):
        known = ", ".join(one for one in FEEDBACK_SOURCES.targets if PART in FEEDBACK_SOURCES.load(one).parts)
        raise UserError(
            f"{where}: feedback: [{PART}] and one of the sources {known} belong together; give both or neither"
        )
    if "measured" not in method.sources and set(method.feedback) - {PART}:
        others = ", ".join(part for part in method.feedback if part != PART)
        raise UserError(f"{where}: feedback asks for {others}, which the source measured gives; add it")


def check_critic(name: str, method_name: str, method: Method, loop: Loop, video: Video) -> None:
    """Raise a `UserError` if an experiment's critic cannot judge, or must not see this video."""
    critic = critic_of(loop, method)
    if critic is None:
        return
    section = critic_section(method)
    where = f"experiment {name}: method {method_name}"
    if video.file is None:
        raise UserError(
            f"{where} looks at the video, and there is none: set file: in the video's YAML, or choose another method"
        )
    way_out = f"openai, recorded or manual, or choose a method without a critique, such as {_plain(method)}"
    if loop.llm.provider in _NO_MODEL:
        raise UserError(
            f"{where}: llm.provider {loop.llm.provider} is no language model and reads no critique; set llm.provider to {way_out}"
        )
    check_eyes(where, section, critic, loop, video, _plain(method))


def check_eyes(
    where: str, section: str, critic: LLM, loop: Loop, video: Video, plain: str | None = None
) -> None:
    """Raise a `UserError` if a model sees no pictures, or must not be sent those of this video.

    where: who asks; section: of the settings; plain: a method that asks for no pictures, if that is a way out
    """
    if critic.provider in _NO_MODEL:
        other = f", or choose a method without a critique, such as {plain}" if plain else ""
        raise UserError(
            f"{where}: {section}.provider {critic.provider} sees no pictures; set {section}.provider to openai, recorded or "
            f"manual{other}"
        )
    if fault := key_fault(critic):
        raise UserError(f"{where}: {fault.replace('llm.', f'{section}.')}")
    COMPLETION_PROVIDERS.module(critic.provider)
    asked = COMPLETION_PROVIDERS.load(
        critic.provider
    ).costs  # those that cost nothing read files of this machine
    check_pictures(where, section, critic, loop)
    if (
        asked
        and video.subject.species == "human"
        and not loop.vlm.send_people
        and not stays_here(critic.base_url)
    ):
        other = (
            f"choose a method that sends none, such as {plain} or human_feedback"
            if plain
            else "choose another video"
        )
        raise UserError(
            f"{where} would send pictures of a person to {urlsplit(critic.base_url or '').hostname or 'OpenAI'}: allow it with "
            f"vlm.send_people: true, show a figure drawn from the keypoints instead with vlm.send_people: figure, ask a model on this machine ({section}.base_url: http://127.0.0.1:...), or {other}"
        )


def check_pictures(where: str, section: str, critic: LLM, loop: Loop) -> None:
    """Raise a `UserError` if a model does not take what it would be sent: a film, or pictures within its budget."""
    try:
        check_budget(critic)
    except UserError as error:
        raise UserError(f"{where}: {str(error).replace('llm.', f'{section}.')}") from None
    asked = COMPLETION_PROVIDERS.load(critic.provider).costs
    if asked and loop.critique.pictures == "film" and not critic.takes_films:
        raise UserError(
            f"{where} would send a film (critique.pictures), which few servers take: set {section}.takes_films: true if this "
            "one does, as vLLM and SGLang with a model for films do, or critique.pictures: pairs or grid"
        )


def shows_figure(loop: Loop, video: Video) -> bool:
    """Tell whether a person in the video is shown as a figure drawn from the keypoints, to whomever looks."""
    return loop.vlm.send_people == "figure" and video.subject.species == "human"


def stays_here(address: str | None) -> bool:
    """Tell whether a server's address is this machine itself, reached without a proxy."""
    parts = urlsplit(address or "")
    host, proxies = parts.hostname or "", getproxies()
    if (proxies.get(parts.scheme) or proxies.get("all")) and not proxy_bypass(host):
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _plain(method: Method) -> str:
    return "video2reward" if "keypoints" in method.prompt else "eureka_td"
