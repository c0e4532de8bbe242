"""Simulation: what a browser does with a patch, node by node."""

from fatmorph.morph.simulation._simulator import PatchedNode, Run, Simulation, Write, simulate

__all__ = ("PatchedNode", "Run", "Simulation", "Write", "simulate")
