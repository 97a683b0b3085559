package dev.asterism.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is said of a command line that cannot be understood. */
final class Misuse {
  private static final int MOST_GUESSES = 3;

  private Misuse() {}

  /** One line; a misspelled option comes before what is missing because of it. */
  static String words(ParameterException misuse) {
    CommandLine command = misuse.getCommandLine();
    if (misuse instanceof UnmatchedArgumentException unmatched) {
      return words(unmatched);
    }
    List<String> unknown = command.getUnmatchedArguments();
    if (misuse instanceof MissingParameterException && !unknown.isEmpty()) {
      return words(new UnmatchedArgumentException(command, new ArrayList<>(unknown)));
    }
    return Failures.oneLine(misuse);
  }

  private static String words(UnmatchedArgumentException unmatched) {
    List<String> guesses =
        unmatched.getSuggestions().stream().limit(MOST_GUESSES).map(g -> "'" + g + "'").toList();
    String words = Failures.oneLine(unmatched);
    return guesses.isEmpty()
        ? words
        : words + "; did you mean " + String.join(" or ", guesses) + "?";
  }
}
