package dev.asterism.cli;

import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.IOptionRenderer;
import picocli.CommandLine.Help.IParamLabelRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Help whose options are described in one paragraph each, however many strings hold it. */
final class OptionParagraphs extends Help {
  OptionParagraphs(CommandSpec command, ColorScheme scheme) {
    super(command, scheme);
  }

  @Override
  public IOptionRenderer createDefaultOptionRenderer() {
    return new Joined(super.createDefaultOptionRenderer());
  }

  private record Joined(IOptionRenderer lines) implements IOptionRenderer {
    @Override
    public Text[][] render(OptionSpec option, IParamLabelRenderer label, ColorScheme scheme) {
      Text[][] rows = lines.render(option, label, scheme);
      Text[] first = rows[0];
      int description = first.length - 1;
      for (int i = 1; i < rows.length; i++) {
        first[description] = first[description].concat(" ").concat(rows[i][description]);
      }
      return new Text[][] {first};
    }
  }
}
