"""`patchbay run`, `demo` and `resume`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import click

from patchbay_server import config
from patchbay_server.cli import flow_file
from patchbay_server.cli.borrowed import BorrowedPlatform
from patchbay_server.cli.follow import follow
from patchbay_server.cli.inspect import project_of, require_database
from patchbay_server.cli.options import PROJECT
from patchbay_server.config import Settings

if TYPE_CHECKING:
    from patchbay_server.graph.document import FlowDocument
    from patchbay_server.graph.plan import Mode
    from patchbay_server.services.runs import RunRequest

DEMO = "yield"
PARAM = click.option("--param", "-p", "given", multiple=True, metavar="NAME=VALUE", help="A value for a flow param.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document at the end, nothing else.")
NO_CACHE = click.option("--no-cache", is_flag=True, help="Run every step, whether or not it has changed.")


@click.command()
@click.argument("flow", metavar="FLOW.json")
@PARAM
@click.option("--params", is_flag=True, help="Only list the params of the flow.")
@click.option("--to", multiple=True, metavar="NODE", help="Only this node and what it depends on.")
@click.option("--from", "from_", multiple=True, metavar="NODE", help="Only this node and what depends on it.")
@click.option("--only", multiple=True, metavar="NODE", help="Only this node, on earlier results.")
@NO_CACHE
@PROJECT
@AS_JSON
def run(
    flow: str,
    given: tuple[str, ...],
    params: bool,
    to: tuple[str, ...],
    from_: tuple[str, ...],
    only: tuple[str, ...],
    no_cache: bool,
    project_name: str,
    as_json: bool,
) -> int:
    """Run a flow file, or a sample flow by its name, and show its progress.

    Uses the platform that runs on the data folder, or starts one for the duration. Exits with 0 when the run is
    done, 1 when it failed, 2 when the flow or a param cannot be used, 130 when it was cancelled (Ctrl-C).
    """
    document = flow_file.read(flow)
    if params:
        flow_file.print_params(document)
        return 0
    chosen = [(mode, nodes) for mode, nodes in (("to", to), ("from", from_), ("only", only)) if nodes]
    if len(chosen) > 1:
        raise click.UsageError("Give only one of --to, --from and --only.")
    mode, nodes = chosen[0] if chosen else ("all", ())
    return _run(document, _request(given, mode=mode, nodes=nodes, bypass_cache=no_cache), project_name, as_json=as_json)


@click.command()
@PARAM
@NO_CACHE
@PROJECT
@AS_JSON
def demo(given: tuple[str, ...], no_cache: bool, project_name: str, as_json: bool) -> int:
    """Run the sample yield flow on real data, print its scores, exit."""
    status = _run(flow_file.read(DEMO), _request(given, bypass_cache=no_cache), project_name, as_json=as_json)
    if not as_json:
        click.echo(f"\nOn your own table: patchbay run {DEMO} --param file=TABLE.csv --param target=COLUMN")
        click.echo(f"All its params:    patchbay run {DEMO} --params")
    return status


@click.command()
@click.argument("run_id", type=int, metavar="RUN")
@AS_JSON
def resume(run_id: int, as_json: bool) -> int:
    """Run again what failed or was cancelled in a run; what is done and unchanged is reused."""
    from patchbay_server.services import runs
    from patchbay_server.services.people.actor import COMMAND

    settings = config.load()
    require_database(settings)
    with BorrowedPlatform(settings) as borrowed, borrowed.open() as platform:
        return follow(platform, runs.resume(platform, COMMAND, run_id), borrowed, as_json=as_json)


def _request(
    given: tuple[str, ...], *, mode: str = "all", nodes: tuple[str, ...] = (), bypass_cache: bool
) -> RunRequest:
    from patchbay_server.services.runs import RunRequest

    params = flow_file.read_params(given)
    roots = [*flow_file.data_roots(params), *map(str, config.load().data_roots)]
    return RunRequest(
        params=params,
        mode=cast("Mode", mode),
        nodes=nodes,
        data_roots=list(dict.fromkeys(roots)),
        bypass_cache=bypass_cache,
    )


def _run(document: FlowDocument, request: RunRequest, project_name: str, *, as_json: bool) -> int:
    """Run a flow; the exit code of the command. Nothing is started for a flow that cannot run."""
    from patchbay_sdk.published import CurrentCatalogue
    from patchbay_server.cli.platform import reachable
    from patchbay_server.plugin_host import PluginHost
    from patchbay_server.services import runs
    from patchbay_server.services.people.actor import COMMAND
    from patchbay_server.services.project_folder import project_folder

    settings: Settings = config.load()
    catalogue = CurrentCatalogue(reachable(settings).published)()
    runs.prepare(document, request, catalogue)
    if not as_json:
        click.secho(flow_file.text_of(document.title, document.name), bold=True)
    with BorrowedPlatform(settings) as borrowed:
        with PluginHost() as host:  # asking operators takes a while; the platform gets ready beside it
            prepared = runs.prepare(document, request, catalogue, host.infer)
        for problem in prepared.warnings:
            click.secho(f"Warning: {problem.text()}", err=True, fg="yellow")
        with borrowed.open() as platform:
            project_id = project_of(platform, project_name)
            own = str(project_folder(platform.settings, project_id))
            request = replace(request, data_roots=[*request.data_roots, own])
            run_id = runs.submit(platform, COMMAND, project_id, prepared, request)
            return follow(platform, run_id, borrowed, as_json=as_json)
