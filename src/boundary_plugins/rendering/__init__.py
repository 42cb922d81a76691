"""Facts to texts: what a client reads; the program adds the crisis resources outside any template."""

from boundary_plugins.rendering.check import check_templates
from boundary_plugins.rendering.renderer import RenderedText, Renderer, display_name, render

__all__ = ["RenderedText", "Renderer", "check_templates", "display_name", "render"]
