package dev.asterism.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING;

import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** How every command's help looks. */
final class HelpLayout {
  private static final int WIDTH = 100;

  private HelpLayout() {}

  /** Lays out the help of the root and of all below it. */
  static CommandLine applyTo(CommandLine root) {
    root.setUsageHelpWidth(WIDTH);
    root.setHelpFactory(OptionParagraphs::new);
    root.getHelpSectionMap().put(SECTION_KEY_COMMAND_LIST_HEADING, help -> "");
    root.getHelpSectionMap().put(SECTION_KEY_COMMAND_LIST, new CommandGroups());
    air(root);
    return root;
  }

  private static void air(CommandLine command) {
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage.synopsisHeading("%nUsage: ");
    usage.descriptionHeading("%n");
    usage.parameterListHeading("%n");
    usage.optionListHeading("%n");
    usage.commandListHeading("%nCommands:%n");
    command.getSubcommands().values().forEach(HelpLayout::air);
  }
}
