package dev.asterism.testing;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/** Two real measured boots in a virtual machine; see the README beside them. */
public enum MeasuredBootData {
  GOOD("boot-good"),
  CHANGED("boot-cmdline-changed");

  private final String folder;

  MeasuredBootData(String folder) {
    this.folder = folder;
  }

  public Bytes file(String name) {
    try (var in =
        MeasuredBootData.class.getResourceAsStream("/measured-boot/" + folder + "/" + name)) {
      return Bytes.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** TPMT_PUBLIC of the key: the file is TPM2B_PUBLIC. */
  public Bytes akPublic() {
    Bytes file = file("ak.pub");
    return file.slice(2, file.length());
  }

  /** What tpm2_pcrread printed of the SHA-256 bank. */
  public SortedMap<Integer, Bytes> pcrs() throws MalformedException {
    SortedMap<Integer, Bytes> pcrs = new TreeMap<>();
    for (String line :
        new String(file("pcrs.yaml").toArray(), StandardCharsets.UTF_8).split("\n")) {
      int colon = line.indexOf(": 0x");
      if (colon > 0) {
        Bytes value = Bytes.ofHex("pcr", line.substring(colon + 4).strip());
        pcrs.put(Integer.parseInt(line.substring(0, colon).strip()), value);
      }
    }
    return pcrs;
  }
}
