package dev.asterism.kubernetes;

import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Objects;

/**
 * Says where a path of a node really leads, by the links that are there now. A link that is
 * absolute, or climbs, stays below the node's root, as it would for the node itself.
 *
 * @param root {@code /} of the node
 */
public record NodeTree(Path root) {
  /** As Linux has it. */
  private static final int MOST_LINKS = 40;

  /**
   * An absolute path that does not climb, without the parts that say nothing.
   *
   * @throws MalformedException if it is none, or names no file
   */
  public static Path absolute(String where, String text) throws MalformedException {
    if (!text.startsWith("/") || text.chars().anyMatch(Character::isISOControl)) {
      throw new MalformedException(where, "is not an absolute path");
    }
    Path path = Path.of("/");
    for (String name : text.substring(1).split("/", -1)) {
      if (name.equals("..")) {
        throw new MalformedException(where, "climbs out of its directory");
      }
      if (!name.isEmpty() && !name.equals(".")) {
        path = path.resolve(name);
      }
    }
    if (path.equals(Path.of("/"))) {
      throw new MalformedException(where, "names no file");
    }
    return path;
  }

  /**
   * Where {@code text} leads on this node; parts that do not exist yet lead where they say.
   *
   * @return absolute on the node, without links
   */
  public Path canonical(String where, String text) throws IOException, MalformedException {
    var open = new ArrayDeque<String>();
    push(open, absolute(where, text));
    Path path = Path.of("/");
    int links = 0;
    while (!open.isEmpty()) {
      String name = open.pop();
      if (name.equals("..")) {
        path = Objects.requireNonNullElse(path.getParent(), Path.of("/"));
        continue;
      }
      Path next = path.resolve(name);
      if (!Files.isSymbolicLink(on(next))) {
        path = next;
        continue;
      }
      if (++links > MOST_LINKS) {
        throw new MalformedException(where, "leads through too many links");
      }
      Path target = Files.readSymbolicLink(on(next));
      push(open, target);
      if (target.isAbsolute()) {
        path = Path.of("/");
      }
    }
    return path;
  }

  /** The file behind an absolute path of the node. */
  public Path on(Path absolute) {
    return root.resolve(absolute.toString().substring(1));
  }

  private static void push(ArrayDeque<String> open, Path path) {
    for (int i = path.getNameCount() - 1; i >= 0; i--) {
      String name = path.getName(i).toString();
      if (!name.isEmpty() && !name.equals(".")) {
        open.push(name);
      }
    }
  }
}
