import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Prints the mutants that no test noticed: {@code java Survivors.java REPORT ACCEPTED}. Those that
 * {@code ACCEPTED} explains are only counted. Exits 1 if others are left that take a check away.
 */
final class Survivors {
  private static final Path SOURCES = Path.of("src/main/java");

  /** What takes a check away: its condition, its call, or its answer. */
  private static final List<String> CHECKS =
      List.of(
          "RemoveConditional",
          "NegateConditionals",
          "ConditionalsBoundary",
          "VoidMethodCall",
          "BooleanTrueReturn",
          "BooleanFalseReturn");

  private Survivors() {}

  private record Mutant(String file, int line, String method, String mutator, String what) {
    boolean takesACheckAway() {
      return CHECKS.stream().anyMatch(mutator::startsWith);
    }

    /** Found again when lines move: by the text of its own line. */
    String key(String text) {
      return file + " " + method + " " + mutator + " | " + text;
    }
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, Integer> accepted = accepted(Path.of(arguments[1]));
    var left = new TreeMap<String, List<String>>();
    int killed = 0;
    int explained = 0;
    int checks = 0;
    for (Element mutation : mutations(Path.of(arguments[0]))) {
      if (Boolean.parseBoolean(mutation.getAttribute("detected"))) {
        killed++;
        continue;
      }
      Mutant mutant = mutant(mutation);
      String text = line(mutant);
      if (accepted.merge(mutant.key(text), -1, Integer::sum) >= 0) {
        explained++;
        continue;
      }
      checks += mutant.takesACheckAway() ? 1 : 0;
      left.computeIfAbsent(mutant.file(), _ -> new ArrayList<>())
          .add(
              "  %s %d %s %s: %s%n      %s"
                  .formatted(
                      mutant.takesACheckAway() ? "!" : " ",
                      mutant.line(),
                      mutant.method(),
                      mutant.mutator(),
                      mutant.what(),
                      text));
    }
    left.forEach((file, lines) -> {
      System.out.println(file);
      lines.forEach(System.out::println);
    });
    int others = left.values().stream().mapToInt(List::size).sum();
    System.out.printf(
        "%d mutants killed, %d survived with a reason, %d without; of those, %d take a check away (!)%n",
        killed, explained, others, checks);
    System.exit(checks == 0 ? 0 : 1);
  }

  /** How often each may survive; a line that begins with # says why. */
  private static Map<String, Integer> accepted(Path file) throws IOException {
    var keys = new HashMap<String, Integer>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        keys.merge(line.strip(), 1, Integer::sum);
      }
    }
    return keys;
  }

  private static List<Element> mutations(Path report) throws Exception {
    var all = new ArrayList<Element>();
    NodeList list =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(report.toFile())
            .getElementsByTagName("mutation");
    for (int i = 0; i < list.getLength(); i++) {
      all.add((Element) list.item(i));
    }
    return all;
  }

  private static Mutant mutant(Element mutation) {
    String type = text(mutation, "mutatedClass");
    String folder = type.substring(0, type.lastIndexOf('.')).replace('.', '/');
    String mutator = text(mutation, "mutator").replaceAll(".*\\.", "");
    return new Mutant(
        folder + "/" + text(mutation, "sourceFile"),
        Integer.parseInt(text(mutation, "lineNumber")),
        text(mutation, "mutatedMethod"),
        mutator.replaceAll("Mutator", ""),
        text(mutation, "description"));
  }

  private static String text(Element element, String name) {
    return element.getElementsByTagName(name).item(0).getTextContent();
  }

  private static String line(Mutant mutant) throws IOException {
    List<String> lines = Files.readAllLines(SOURCES.resolve(mutant.file()));
    return mutant.line() <= lines.size() ? lines.get(mutant.line() - 1).strip() : "";
  }
}
