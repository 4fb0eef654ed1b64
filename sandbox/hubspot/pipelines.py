"""Shows the pipelines of deals and tickets and their stages."""

from typing import Any

from sandbox.hubspot.errors import not_found
from sandbox.hubspot.portal import Answer, Call, Portal, object_of


def list_pipelines(portal: Portal, call: Call) -> Answer:
    """Every pipeline; object types without any have an empty list."""
    return Answer(body={"results": portal.catalogue.pipelines.get(object_of(portal, call).name, [])})


def read_pipeline(portal: Portal, call: Call) -> Answer:
    """One pipeline with its stages."""
    return Answer(body=_pipeline(portal, call))


def list_stages(portal: Portal, call: Call) -> Answer:
    """The stages of a pipeline."""
    return Answer(body={"results": _pipeline(portal, call)["stages"]})


def read_stage(portal: Portal, call: Call) -> Answer:
    """One stage."""
    stage = portal.catalogue.stage(
        object_of(portal, call).name, _pipeline(portal, call)["id"], call.path["stage"]
    )
    if stage is None:
        raise not_found(f"Stage {call.path['stage']} does not exist")
    return Answer(body=stage)


def _pipeline(portal: Portal, call: Call) -> dict[str, Any]:
    for pipeline in portal.catalogue.pipelines.get(object_of(portal, call).name, []):
        if pipeline["id"] == call.path["pipeline"]:
            return pipeline
    raise not_found(f"Pipeline {call.path['pipeline']} does not exist")
