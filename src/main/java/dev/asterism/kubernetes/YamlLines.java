package dev.asterism.kubernetes;

import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The small part of YAML in which kubeadm writes its configuration: block mappings of plain or
 * quoted scalars, and lists of them. What is beyond it (anchors, block scalars, flow mappings) is
 * an error where it is asked for, and skipped elsewhere.
 */
final class YamlLines {
  private static final int MAX_LENGTH = 256 * 1024;

  /** Longer than any name; the pattern below takes stack for each character. */
  private static final int MAX_SCALAR = 1024;

  /** In single quotes, in double quotes without escapes, or plain; then perhaps a comment. */
  private static final Pattern SCALAR =
      Pattern.compile(
          "(?:'(?<single>(?:[^']|'')*)'|\"(?<double>[^\"\\\\]*)\""
              + "|(?<plain>(?:[^-?:&*!|>{}\\[\\],'\"%@`#\\s]|[-?:](?=\\S))(?:[^#:,\\[\\]{}]|:(?=\\S)|(?<=\\S)#)*))"
              + "(?:\\s+#.*)?");

  private final String what;
  private final List<Line> lines;

  private YamlLines(String what, List<Line> lines) {
    this.what = what;
    this.lines = lines;
  }

  private record Line(int indent, String text) {
    boolean isItem() {
      return text.equals("-") || text.startsWith("- ");
    }
  }

  static YamlLines of(String what, String yaml) throws MalformedException {
    if (yaml.length() > MAX_LENGTH) {
      throw new MalformedException(what, "is longer than " + MAX_LENGTH + " characters");
    }
    var lines = new ArrayList<Line>();
    for (String line : yaml.split("\r?\n", -1)) {
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#") || text.equals("---")) {
        continue;
      }
      int indent = line.length() - line.stripLeading().length();
      if (line.substring(0, indent).indexOf('\t') >= 0) {
        throw new MalformedException(what, "is indented with tabs, which YAML forbids");
      }
      lines.add(new Line(indent, text));
    }
    return new YamlLines(what, List.copyOf(lines));
  }

  /** The scalar at that path; empty where it is absent or null. */
  String scalar(String... path) throws MalformedException {
    Optional<Integer> at = find(path);
    return at.isEmpty() ? "" : value(path, lines.get(at.get()));
  }

  /** The list of scalars at that path, in block or flow style; empty where it is absent. */
  List<String> list(String... path) throws MalformedException {
    Optional<Integer> at = find(path);
    if (at.isEmpty()) {
      return List.of();
    }
    Line head = lines.get(at.get());
    String rest = afterColon(path, head);
    if (rest.startsWith("[")) {
      return flow(path, rest);
    }
    if (!rest.isEmpty() && !isNull(rest)) {
      throw unknown(path);
    }
    var items = new ArrayList<String>();
    for (int i = at.get() + 1; i < lines.size(); i++) {
      Line line = lines.get(i);
      if (line.indent() < head.indent() || !line.isItem()) {
        if (line.indent() > head.indent()) {
          throw unknown(path);
        }
        break;
      }
      items.add(unquote(path, line.text().substring(1).strip()));
    }
    return List.copyOf(items);
  }

  /** The index of the line whose key ends the path. */
  private Optional<Integer> find(String... path) throws MalformedException {
    int from = 0;
    int indent = 0;
    Optional<Integer> found = Optional.empty();
    for (String key : path) {
      found = Optional.empty();
      for (int i = from; i < lines.size() && lines.get(i).indent() >= indent; i++) {
        Line line = lines.get(i);
        if (line.indent() == indent && line.text().startsWith(key + ":")) {
          if (found.isPresent()) {
            throw new MalformedException(what, "has " + String.join(".", path) + " twice");
          }
          found = Optional.of(i);
        }
      }
      if (found.isEmpty()) {
        return found;
      }
      from = found.get() + 1;
      indent = from < lines.size() ? Math.max(lines.get(from).indent(), indent + 1) : indent + 1;
    }
    return found;
  }

  private String value(String[] path, Line line) throws MalformedException {
    String text = afterColon(path, line);
    return isNull(text) ? "" : unquote(path, text);
  }

  private String afterColon(String[] path, Line line) {
    return line.text().substring(path[path.length - 1].length() + 1).strip();
  }

  private List<String> flow(String[] path, String text) throws MalformedException {
    if (!text.endsWith("]") || text.indexOf('{') >= 0) {
      throw unknown(path);
    }
    var items = new ArrayList<String>();
    for (String item : text.substring(1, text.length() - 1).split(",", -1)) {
      if (!item.isBlank()) {
        items.add(unquote(path, item.strip()));
      }
    }
    return List.copyOf(items);
  }

  private String unquote(String[] path, String text) throws MalformedException {
    Matcher scalar = SCALAR.matcher(text);
    if (text.length() > MAX_SCALAR || !scalar.matches()) {
      throw unknown(path);
    }
    String single = scalar.group("single");
    String plain = scalar.group("plain");
    if (single != null) {
      return single.replace("''", "'");
    }
    return plain != null ? plain.strip() : scalar.group("double");
  }

  private static boolean isNull(String text) {
    return text.isEmpty() || text.equals("null") || text.equals("~");
  }

  private MalformedException unknown(String[] path) {
    return new MalformedException(
        what, "writes " + String.join(".", path) + " in a form of YAML that is not read here");
  }
}
