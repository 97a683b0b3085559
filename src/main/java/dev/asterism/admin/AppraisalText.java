package dev.asterism.admin;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.Outcome;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An appraisal for people: an aligned table of its checks, then one line with the verdict and the
 * reason. Long hex is shortened in the middle; JSON has it whole.
 */
public final class AppraisalText {
  private static final List<String> HEADER =
      List.of("CHECK", "SUBJECT", "OUTCOME", "EXPECTED", "ACTUAL", "NOTE");
  private static final Pattern LONG_HEX = Pattern.compile("\\b[0-9a-fA-F]{25,}\\b");

  private AppraisalText() {}

  /** The table, a blank line, and the verdict; ends in a line feed. */
  public static String of(Appraisal appraisal) {
    List<List<String>> rows = appraisal.checks().stream().map(AppraisalText::row).toList();
    return AlignedText.table(HEADER, rows) + "\n" + verdictLine(appraisal) + "\n";
  }

  private static List<String> row(Check check) {
    return List.of(
        check.id().id(),
        check.subject(),
        check.outcome().id(),
        brief(check.expected()),
        brief(check.actual()),
        brief(check.note()));
  }

  /** {@code REFUSED PCR 4: expected 0a… got 0b…}: the verdict in one line. */
  public static String verdictLine(Appraisal appraisal) {
    String why =
        switch (appraisal.verdict()) {
          case ACCEPTED -> accepted(appraisal);
          case REFUSED -> appraisal.reason() + more(appraisal, Outcome.FAILED);
          case UNDECIDED -> appraisal.reason() + more(appraisal, Outcome.UNAVAILABLE);
        };
    return String.format(
        "%-9s  %s",
        appraisal.verdict().id().toUpperCase(Locale.ROOT), brief(AlignedText.plain(why)));
  }

  private static String accepted(Appraisal appraisal) {
    int passed = appraisal.with(Outcome.PASSED).size();
    int warnings = appraisal.with(Outcome.WARNING).size();
    String line = passed + (passed == 1 ? " check" : " checks") + " passed";
    return switch (warnings) {
      case 0 -> line;
      case 1 -> line + ", 1 warning";
      default -> line + ", " + warnings + " warnings";
    };
  }

  private static String more(Appraisal appraisal, Outcome outcome) {
    int others = appraisal.with(outcome).size() - 1;
    return others == 0 ? "" : " (and " + others + " more " + outcome.id() + ")";
  }

  private static String brief(String text) {
    return LONG_HEX
        .matcher(text)
        .replaceAll(
            m -> m.group().substring(0, 12) + "…" + m.group().substring(m.group().length() - 8));
  }
}
