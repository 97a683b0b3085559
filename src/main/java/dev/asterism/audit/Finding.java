package dev.asterism.audit;

import dev.asterism.wire.Json;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that is wrong with a log.
 *
 * @param line from 1; 0 where it is about the whole file
 * @param text for people
 */
public record Finding(Kind kind, Path file, long line, String text) {
  /** What may be wrong; the names are those of the JSON output. */
  public enum Kind {
    /** A line is no record. */
    NOT_A_RECORD,
    /** The last line has no end. */
    CUT_SHORT,
    /** A record is not the one that its hash was made of. */
    CHANGED,
    /** Records are not there. */
    MISSING,
    /** A record stands where an earlier one was before. */
    OUT_OF_ORDER,
    /** A record follows another one than the one before it. */
    REPLACED,
    /** A file is not the one that its name says. */
    MISNAMED,
    /** A record that somebody kept the hash of is not there. */
    HEAD_NOT_FOUND;

    /** Lower case, with dashes. */
    public String id() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  /** {@code FILE line 12: …}. */
  public String describe() {
    return file + (line == 0 ? "" : " line " + line) + ": " + text;
  }

  /** {@code {"finding", "file", "line"?, "text"}}. */
  ObjectNode toJson() {
    ObjectNode json = Json.newObject().put("finding", kind.id()).put("file", file.toString());
    if (line > 0) {
      json.put("line", line);
    }
    return json.put("text", text);
  }
}
