package dev.asterism.bench;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures, one a line, aligned. */
final class Table {
  private static final String[] HEAD = {"FIGURE", "VALUE", "UNIT", "AIM", "MET", "NOTE"};

  private final List<Row> rows = new ArrayList<>();

  /** Adds a line; what may be said beyond the value is said to the row. */
  Row row(String figure, double value, String unit) {
    Row row = new Row(figure, value, unit);
    rows.add(row);
    System.err.println("  " + figure + ": " + number(value) + " " + unit);
    return row;
  }

  /** Three digits that count. */
  static String number(double value) {
    int before = value < 1 ? 0 : (int) Math.floor(Math.log10(value)) + 1;
    int leading = value > 0 && value < 1 ? (int) -Math.floor(Math.log10(value)) - 1 : 0;
    int after = Math.min(6, Math.max(0, 3 - before + leading));
    return String.format(Locale.ROOT, "%." + after + "f", value);
  }

  static final class Row {
    private final String figure;
    private final double value;
    private final String unit;
    private String aim = "";
    private String met = "";
    private String note = "";

    private Row(String figure, double value, String unit) {
      this.figure = figure;
      this.value = value;
      this.unit = unit;
    }

    /** What the value should not exceed. */
    Row aim(double limit) {
      aim = "≤ " + new BigDecimal(number(limit)).stripTrailingZeros().toPlainString();
      met = value <= limit ? "yes" : "no";
      return this;
    }

    Row note(String text) {
      note = text;
      return this;
    }

    private String[] cells() {
      return new String[] {figure, number(value), unit, aim, met, note};
    }
  }

  @Override
  public String toString() {
    var lines = new ArrayList<String[]>();
    lines.add(HEAD);
    rows.forEach(row -> lines.add(row.cells()));
    int[] widths = new int[HEAD.length];
    for (String[] line : lines) {
      for (int i = 0; i < line.length; i++) {
        widths[i] = Math.max(widths[i], line[i].length());
      }
    }
    var text = new StringBuilder();
    for (String[] line : lines) {
      var one = new StringBuilder();
      for (int i = 0; i < line.length; i++) {
        // Numbers to the right.
        String pad = " ".repeat(widths[i] - line[i].length());
        one.append(i == 1 ? pad + line[i] : line[i] + pad).append("  ");
      }
      text.append(one.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
