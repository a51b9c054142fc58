"""YAML text to core values: `engine.core.sequence.Sequence` and `engine.core.workspace.Workspace`."""

from engine.compiler.channels import Sources, compile_channels
from engine.compiler.document import Document, read_yaml
from engine.compiler.folder import FolderResult, compile_folder, is_only_simulated
from engine.compiler.policies import compile_policy
from engine.compiler.problems import Problem
from engine.compiler.schema import (
    channels_schema,
    policy_schema,
    sequence_schema,
    simulation_schema,
    workspace_schema,
)
from engine.compiler.sequences import Compiled, Use, compile_sequence
from engine.compiler.simulation_shape import SimulationShape
from engine.compiler.simulations import ReadSimulation, read_simulation
from engine.compiler.workspace_calendars import PlaceNamed
from engine.compiler.workspaces import capacity_from, compile_workspace

__all__ = [
    "Compiled",
    "Document",
    "FolderResult",
    "PlaceNamed",
    "Problem",
    "ReadSimulation",
    "SimulationShape",
    "Sources",
    "Use",
    "capacity_from",
    "channels_schema",
    "compile_channels",
    "compile_folder",
    "compile_policy",
    "compile_sequence",
    "compile_workspace",
    "is_only_simulated",
    "policy_schema",
    "read_simulation",
    "read_yaml",
    "sequence_schema",
    "simulation_schema",
    "workspace_schema",
]
