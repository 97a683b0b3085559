package dev.asterism.cli;

import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.IHelpSectionRenderer;

/** The list of commands in the root's help: what people type apart from what units start. */
final class CommandGroups implements IHelpSectionRenderer {
  /** Started by systemd or a DaemonSet; everything else is for an admin's shell. */
  private static final Set<String> ROLES =
      Set.of("disk", "volume", "bootstrap", "join-service", "key-service", "verify-service");

  CommandGroups() {}

  @Override
  public String render(Help help) {
    Map<String, Help> commands = help.subcommands();
    return section(help, "%nFor an admin's shell:%n", commands, false)
        + section(
            help, "%nRoles of a node, started by its units and DaemonSets:%n", commands, true);
  }

  private static String section(
      Help help, String heading, Map<String, Help> commands, boolean roles) {
    int width = commands.keySet().stream().mapToInt(String::length).max().orElse(0);
    TextTable table =
        TextTable.forColumns(
            help.colorScheme(),
            new Column(width + 4, 2, Column.Overflow.SPAN),
            new Column(
                help.commandSpec().usageMessage().width() - width - 4, 2, Column.Overflow.WRAP));
    commands.forEach((name, command) -> {
      if (ROLES.contains(name) == roles) {
        String header = String.join(" ", command.commandSpec().usageMessage().header());
        table.addRowValues(help.colorScheme().commandText(name), help.colorScheme().text(header));
      }
    });
    return table.rowCount() == 0 ? "" : help.createHeading(heading) + table;
  }
}
