"""Turn YAML into checked settings; every fault becomes a sentence a user can act on."""

from __future__ import annotations

import typing
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from video2reward.errors import UserError, choices

M = TypeVar("M", bound=BaseModel)
_MAY_HOLD_KEYS = ("base_url", "key_variable")  # of language models; errors do not quote their values

# A settings file is a few pages long. Nested aliases can expand a few lines to more values than fit into memory.
_LARGEST, _MOST_VALUES = 2_000_000, 100_000


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping; a missing, malformed or outsized file is a `UserError`."""
    if path.exists() and not path.is_file():
        raise UserError(f"{path} is not a file; name a YAML file")
    try:
        if (size := path.stat().st_size) > _LARGEST:
            raise UserError(
                f"{path} has {size / 1e6:.1f} MB; a settings file has at most {_LARGEST / 1e6:.0f} MB"
            )
        text = path.read_text()
        if _values(yaml.compose(text, Loader=yaml.SafeLoader)) > _MOST_VALUES:
            raise UserError(
                f"the aliases (*name) in {path} expand to more than {_MOST_VALUES} values; write them out"
            )
        content = yaml.safe_load(text)
    except FileNotFoundError:
        raise UserError(f"{path} does not exist") from None
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from None
    except RecursionError:
        raise UserError(f"{path} is nested too deeply") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise UserError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise UserError(f"{path} must hold keys and values, not a {type(content).__name__}")
    return content


def _values(node: Any) -> int:
    """Return how many values a document has with all aliases expanded; one that contains itself has too many."""
    sizes: dict[int, int] = {}

    def size(part: Any) -> int:
        if id(part) not in sizes:
            sizes[id(part)] = _MOST_VALUES + 1  # while counting: an alias to itself would recurse forever
            children = part.value if isinstance(part, yaml.CollectionNode) else ()
            flat = (child for item in children for child in (item if isinstance(item, tuple) else (item,)))
            sizes[id(part)] = 1 + sum(size(child) for child in flat)
        return sizes[id(part)]

    return 0 if node is None else size(node)


def validate(model: type[M], content: Any, source: str | Path) -> M:
    """Return `content` as `model`; all faults go into one `UserError` that names `source`."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        faults = [_sentence(model, fault) for fault in error.errors()]
        raise UserError(f"{source}: " + "; ".join(faults)) from None


def _sentence(model: type[BaseModel], fault: Any) -> str:
    """Say where the fault is, what was found and what would be valid."""
    location = [str(part) for part in fault["loc"]]
    if fault["type"] == "extra_forbidden":
        parent = _model_at(model, location[:-1])
        renamed = getattr(parent, "RENAMED", {}).get(location[-1])
        if renamed is not None:
            return f"{'.'.join(location)} no longer exists; write {renamed}"
        inside = f" in {'.'.join(location[:-1])}" if location[:-1] else ""
        return choices(location[-1], parent.model_fields if parent else (), "key").rstrip(".") + inside
    if fault["type"] == "missing":
        return f"{'.'.join(location)} is missing"
    if location and location[-1] in _MAY_HOLD_KEYS:
        return f"{'.'.join(location)}: {fault['msg']}"
    return f"{'.'.join(location)} = {fault['input']!r}: {fault['msg']}"


def _model_at(model: type[BaseModel], location: list[str]) -> type[BaseModel] | None:
    """Follow a location through nested models, mappings and unions."""
    here: type[BaseModel] | None = model
    for part in location:
        if here is None or part not in here.model_fields:
            continue  # a key of a mapping, or the name of a union's branch
        here = _inner_model(here.model_fields[part].annotation)
    return here


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in typing.get_args(annotation):
        found = _inner_model(part)
        if found is not None:
            return found
    return None
