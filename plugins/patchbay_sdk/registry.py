"""Finds installed operators: their specs as data, and, where code may run, the operators themselves."""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib.metadata import entry_points
from pathlib import Path

import pluggy

from patchbay_sdk import hookspecs
from patchbay_sdk.errors import OperatorError, PatchbayError, SpecError, UnknownOperator, WithdrawnOperator
from patchbay_sdk.operator import Learner, Operator
from patchbay_sdk.spec import Home, OperatorSpec

ENTRY_POINT_GROUP = "patchbay.operators"
"""Packages that bring operators."""
PLUGIN_GROUP = "patchbay.plugins"
"""Modules that implement the cross-cutting hooks."""


def specs_folder(package: str) -> Path:
    """The folder of a package's specs, without importing the package.

    It lies inside the package (a wheel), or, for the built-in operators in a checkout, at the repository's top.
    """
    top, *inner = package.split(".")  # to find `a.b`, Python would import `a`
    try:
        found = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        found = None
    if found is None or not found.submodule_search_locations:
        raise SpecError(f"Package {package!r}, named by an entry point {ENTRY_POINT_GROUP!r}, is not installed.")
    # An operator's environment links to the folder.
    folder = Path(next(iter(found.submodule_search_locations)), *inner).resolve()
    candidates = [folder / "operator_specs", folder.parents[1] / "operator_specs"]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise SpecError(f"Package {package!r} has no folder operator_specs/.", package=package)


def spec_files(folder: Path) -> list[Path]:
    """The spec files of a folder of specs: ``<family>/<operator>.json``, in order."""
    return sorted(path for path in folder.glob("*/*.json") if path.parent.name != "vectors")


class Catalogue:
    """The specs at hand, by ``id@version``. Holds data only: no operator code is imported."""

    def __init__(
        self,
        specs: Iterable[OperatorSpec],
        broken: Iterable[PatchbayError] = (),
        deprecated: Container[str] = frozenset(),
        withdrawn: Mapping[str, str] | None = None,
    ) -> None:
        self._specs = {spec.key: spec for spec in specs}
        self.broken = list(broken)
        """What was wrong with the packages and specs that could not be read; the others work."""
        self.deprecated = deprecated
        """Keys that flows may go on using, and that nobody is offered any more."""
        self.withdrawn = dict(withdrawn or {})
        """Key -> what to say about an operator that can no longer be used."""

    @classmethod
    def installed(cls) -> Catalogue:
        """The specs of every installed package that names itself under the entry point group."""
        specs, broken = [], []
        for package in sorted({point.value for point in entry_points(group=ENTRY_POINT_GROUP)}):
            try:
                files = spec_files(specs_folder(package))
            except PatchbayError as error:
                broken.append(error)
                continue
            for file in files:
                try:
                    specs.append(OperatorSpec.from_file(file))
                except PatchbayError as error:
                    broken.append(error)
        return cls(specs, broken)

    def get(self, key: str) -> OperatorSpec:
        """The spec of ``id@version``.

        Raises:
            UnknownOperator: it names the installed versions of that id, or ids that look alike.
            WithdrawnOperator: it says why, and what to use instead.
        """
        spec = self._specs.get(key)
        if spec is not None:
            return spec
        if key in self.withdrawn:
            raise WithdrawnOperator(self.withdrawn[key], operator=key)
        id, _, version = key.partition("@")
        versions = [s.version for s in self._specs.values() if s.id == id]
        if versions:
            wanted = f"没有 {version} 版" if version else "请写明版本"
            raise UnknownOperator(
                {
                    "en": f"Operator {id!r} is installed in version {', '.join(versions)}, "
                    f"not {version or 'without a version'}.",
                    "zh-CN": f"算子“{id}”安装的版本是 {'、'.join(versions)}，{wanted}。",
                },
                operator=key,
                installed=versions,
            )
        alike = difflib.get_close_matches(id, {s.id for s in self._specs.values()}, n=3)
        hint = f"; did you mean {' or '.join(alike)}?" if alike else "."
        hint_zh = f"；是否指“{'”或“'.join(alike)}”？" if alike else "。请检查名称，或安装含有它的插件。"
        raise UnknownOperator(
            {"en": f"No operator {id!r} is installed{hint}", "zh-CN": f"没有安装算子“{id}”{hint_zh}"},
            operator=key,
            alike=alike,
        )

    def latest(self, id: str) -> OperatorSpec:
        """The newest installed version of an operator id that is not deprecated. Raises UnknownOperator."""
        known = [spec for spec in self._specs.values() if spec.id == id]
        versions = [spec for spec in known if spec.key not in self.deprecated]
        if known and not versions:
            keys = ", ".join(spec.key for spec in known)
            raise UnknownOperator(
                {
                    "en": f"Every version of operator {id!r} is deprecated; there is: {keys}.",
                    "zh-CN": f"算子“{id}”的所有版本都已弃用；现有：{keys}。",
                },
                operator=id,
            )
        if not versions:
            return self.get(id)
        return max(versions, key=lambda spec: tuple(int(part) for part in spec.version.split(".")))

    @cached_property
    def published(self) -> bool:
        """Whether any of them was published, rather than installed."""
        return any(spec.home is not None for spec in self._specs.values())

    def __iter__(self) -> Iterator[OperatorSpec]:
        return iter(self._specs.values())

    def __len__(self) -> int:
        return len(self._specs)

    def __contains__(self, key: object) -> bool:
        return key in self._specs


@cache
def plugin_manager() -> pluggy.PluginManager:
    """The plugin manager of this process, with every hook of `patchbay_sdk.hookspecs`."""
    manager = pluggy.PluginManager("patchbay")
    manager.add_hookspecs(hookspecs)
    return manager


@cache
def load_plugins() -> None:
    """Import and register the modules of `PLUGIN_GROUP`, once in this process.

    Only where plugin code may run: task processes and the plugin host.

    Raises:
        OperatorError: it names the plugin that cannot be imported or does not fit the hooks.
    """
    for point in entry_points(group=PLUGIN_GROUP):
        try:
            plugin_manager().register(point.load(), name=point.name)
        except (ImportError, AttributeError, SyntaxError, pluggy.PluginValidationError) as error:
            raise OperatorError(f"The plugin {point.name!r} ({point.value}) cannot be loaded: {error}.") from error


def load_operator(spec: OperatorSpec) -> Operator:
    """The operator of a spec, its code imported and registered with pluggy under ``id@version``.

    Only task processes and the plugin host call this.

    Raises:
        OperatorError: the implementation cannot be imported or is not an `Operator`, or it was published and cannot
            be loaded into this process.
    """
    manager = plugin_manager()
    module_name, _, class_name = spec.implementation.partition(":")
    if spec.home is not None:
        _enter(spec.home, spec.key, module_name.partition(".")[0])
    known = manager.get_plugin(spec.key)
    if isinstance(known, Operator):
        return known
    try:
        operator_class = getattr(importlib.import_module(module_name), class_name)
    except (ImportError, AttributeError, SyntaxError) as error:
        raise OperatorError(f"The code of {spec.key} ({spec.implementation}) cannot be imported: {error}.") from error
    if not (isinstance(operator_class, type) and issubclass(operator_class, Operator)):
        raise OperatorError(f"The implementation of {spec.key}, {spec.implementation}, is not an Operator class.")
    operator = operator_class(spec)
    manager.register(operator, name=spec.key)
    return operator


def _enter(home: Home, key: str, package: str) -> None:
    """Put a release first on the import path, unless this process cannot be the one that runs it."""
    if home.python is not None and not _is_this_environment(home.python):
        raise OperatorError(
            {
                "en": f"{key} belongs to release {home.release}, which has an environment of its own: only a process "
                "of that environment can run it, so this step cannot use what it made.",
                "zh-CN": f"“{key}”属于发布版“{home.release}”，该版有自己的环境，只能在那里运行，"
                "因此此步骤无法使用它的结果。",
            },
            release=home.release,
        )
    loaded = sys.modules.get(package)
    if loaded is not None and not _lies_in(loaded, home.root):
        raise OperatorError(
            {
                "en": f"{key} belongs to release {home.release}, but this process has loaded another package "
                f"{package!r}: two versions of it cannot be used in one step.",
                "zh-CN": f"“{key}”属于发布版“{home.release}”，但同一步骤已在使用“{package}”包的另一个版本；"
                "一个步骤不能使用两个版本。",
            },
            release=home.release,
        )
    root = str(home.root)
    if root not in sys.path:
        sys.path.insert(0, root)


def _is_this_environment(python: Path) -> bool:
    try:
        return os.path.samefile(sys.prefix, python.parents[1])
    except OSError:
        return False


def _lies_in(module: object, root: Path) -> bool:
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return all(Path(place).is_relative_to(root) for place in places if place)


@cache
def installed_catalogue() -> Catalogue:
    """`Catalogue.installed`, read once in this process."""
    return Catalogue.installed()


def known_spec(key: str) -> OperatorSpec:
    """The spec of an operator that is loaded here, installed or published. Raises UnknownOperator."""
    from patchbay_sdk.published import current_catalogue

    loaded = plugin_manager().get_plugin(key)
    return loaded.spec if isinstance(loaded, Operator) else current_catalogue().get(key)


def find_operator(key: str) -> Operator:
    """The operator of ``id@version``, loaded into this process, for operators that run another one.

    Raises:
        UnknownOperator: it is neither installed nor published.
        OperatorError: it was published and cannot be loaded into this process.
    """
    from patchbay_sdk.published import current_catalogue

    loaded = plugin_manager().get_plugin(key)
    return loaded if isinstance(loaded, Operator) else load_operator(current_catalogue().get(key))


def load_learner(key: str) -> Learner:
    """The operator that made a transform.

    Raises:
        UnknownOperator: it is neither installed nor published.
        OperatorError: it is no `Learner`, or it was published and cannot be loaded into this process.
    """
    operator = find_operator(key)
    if not isinstance(operator, Learner):
        raise OperatorError(f"{key} cannot apply transforms: it is not a Learner.")
    return operator


@cache
def code_digest(spec: OperatorSpec) -> str:
    """SHA-256 of the Python files beside an operator's module and in the packages around it, without importing it.

    Of a published operator: of its whole release.
    """
    if spec.home is not None:
        return spec.home.digest
    module_name = spec.implementation.partition(":")[0]
    package, _, rest = module_name.partition(".")
    found = importlib.util.find_spec(package)
    if found is None or not (found.origin or found.submodule_search_locations):
        raise OperatorError(f"Package {package!r} of {spec.key} is not installed.")
    top = Path(found.origin).parent if found.origin else Path(next(iter(found.submodule_search_locations or ())))
    folder = top.joinpath(*rest.split(".")[:-1])
    digest = hashlib.sha256()
    while folder.is_relative_to(top):
        for file in sorted(folder.glob("*.py")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        folder = folder.parent
    return digest.hexdigest()
