package dev.asterism.mini;

import java.nio.file.Path;

/** Words of commands that are ready to paste into a shell. */
final class ShellText {
  private ShellText() {}

  static String quoted(Path path) {
    String text = path.toString();
    return text.matches("[A-Za-z0-9_./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
