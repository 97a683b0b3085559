package dev.asterism.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Columns that line up, of texts that may come from a stranger. */
public final class AlignedText {
  private AlignedText() {}

  /** A header and rows below it; columns that are empty in every row are left out. */
  public static String table(List<String> header, List<List<String>> rows) {
    int[] used =
        IntStream.range(0, header.size())
            .filter(i -> rows.stream().anyMatch(row -> !row.get(i).isEmpty()))
            .toArray();
    var all = new ArrayList<List<String>>();
    all.add(pick(header, used));
    rows.forEach(row -> all.add(pick(row, used)));
    return columns(all);
  }

  /** One line for each row; all rows have as many cells as the first. */
  static String columns(List<List<String>> rows) {
    List<List<String>> clean =
        rows.stream().map(row -> row.stream().map(AlignedText::plain).toList()).toList();
    int[] widths =
        IntStream.range(0, clean.isEmpty() ? 0 : clean.getFirst().size())
            .map(i -> clean.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toArray();
    var text = new StringBuilder();
    for (List<String> row : clean) {
      var line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** Without line breaks, terminal escapes and other characters that would act on a terminal. */
  public static String plain(String text) {
    return text.codePoints()
        .map(c -> acts(c) ? '\uFFFD' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean acts(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  private static List<String> pick(List<String> row, int[] columns) {
    return IntStream.of(columns).mapToObj(row::get).toList();
  }
}
