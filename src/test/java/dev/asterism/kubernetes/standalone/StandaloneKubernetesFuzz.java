package dev.asterism.kubernetes.standalone;

import dev.asterism.kubernetes.DataUrl;
import dev.asterism.kubernetes.TarEntries;
import dev.asterism.testing.Tars;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** What a standalone node installs. */
public final class StandaloneKubernetesFuzz {
  /** The bound of what an archive may unpack to, some times over: buffers grow by doubling. */
  private static final long UNPACKED = 3L * 256 * 1024 * 1024;

  private StandaloneKubernetesFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of("Tar", tar -> TarEntries.read(gzip(tar)), () -> List.of(gunzip(archive())))
            .allocating(UNPACKED),
        FuzzTarget.of("GzippedTar", TarEntries::read, () -> List.of(archive()))
            .allocating(UNPACKED),
        FuzzTarget.ofText("DataUrl", DataUrl::decode, "data:,a%20b", "data:x/y;base64,AAECAw=="));
  }

  private static Bytes archive() {
    return new Tars()
        .entry("folder", '5', "")
        .entry("folder/file", '0', "content")
        .entry("other", '0', "x".repeat(600))
        .gzipped();
  }

  private static Bytes gzip(Bytes plain) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(plain.toArray());
    }
    return Bytes.of(out.toByteArray());
  }

  private static Bytes gunzip(Bytes zipped) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(zipped.toArray()))) {
      return Bytes.of(in.readAllBytes());
    }
  }
}
