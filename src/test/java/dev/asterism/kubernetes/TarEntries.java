package dev.asterism.kubernetes;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** What {@link TarReader} hands out, in memory. */
public final class TarEntries {
  private TarEntries() {}

  /** A file. */
  public record Entry(String name, Bytes content) {}

  public static List<Entry> read(Bytes gzipped) throws MalformedException {
    var entries = new ArrayList<Entry>();
    try {
      TarReader.read(
          new ByteArrayInputStream(gzipped.toArray()),
          (name, content) -> entries.add(new Entry(name, Bytes.of(content.readAllBytes()))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(entries);
  }
}
