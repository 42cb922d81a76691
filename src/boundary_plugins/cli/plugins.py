"""`boundary plugins`: which plugins there are, where they came from, and what they offer."""

from dataclasses import asdict

import click

from boundary_plugins.cli.context import load_config, load_plugins
from boundary_plugins.cli.output import print_json, print_table
from boundary_plugins.cli.plugin_commands import out_of_reach


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def plugins(as_json: bool) -> None:
    """List the plugins: those that are enabled, and those that could be."""
    host = load_plugins(load_config())
    problems = (*host.problems, *out_of_reach(host))
    if as_json:
        print_json({"plugins": [asdict(plugin) for plugin in host.plugins], "problems": problems})
        return
    rows = [
        (plugin.name, plugin.state.value, plugin.door.value, ", ".join(plugin.providers) or "—")
        for plugin in host.plugins
    ]
    print_table(("Plugin", "State", "Came", "Offers"), rows, empty="There is no plugin.")
    for problem in problems:
        click.echo(problem, err=True)
