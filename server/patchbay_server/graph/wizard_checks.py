"""What a flow's block `wizard` names: is it there? Only warnings, since the flow runs all the same."""

from __future__ import annotations

from collections.abc import Iterator

from patchbay_server.graph.document import FlowDocument
from patchbay_server.graph.problem import Problem, did_you_mean


def wizard_problems(document: FlowDocument) -> Iterator[Problem]:
    """Params and nodes that steps of the wizard name and the flow lacks."""
    nodes = [node.id for node in document.nodes]
    for number, step in enumerate(document.wizard.steps if document.wizard else ()):
        place = f"wizard.steps.{number}"
        for name in step.params:
            if name not in document.params:
                known = list(document.params)
                message = f"Step {step.id!r} of the wizard asks for flow param {name!r}, which the flow lacks."
                message += did_you_mean(name, known)
                yield Problem("wizard_param", message, None, f"{place}.params", name, known, "warning")
        if step.node is not None and step.node not in nodes:
            message = f"Step {step.id!r} of the wizard shows node {step.node!r}, which the flow lacks."
            message += did_you_mean(step.node, nodes)
            yield Problem("wizard_node", message, None, f"{place}.node", step.node, nodes, "warning")
        if step.node is None and step.view == "check":
            message = f"Step {step.id!r} of the wizard shows what a node has found; name that node."
            yield Problem("wizard_check", message, None, f"{place}.node", step.id, nodes, "warning")
