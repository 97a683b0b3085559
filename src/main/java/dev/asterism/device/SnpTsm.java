package dev.asterism.device;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The SEV-SNP guest driver behind the kernel's configfs (Documentation/ABI/testing/
 * configfs-tsm-report). Each report has an entry of its own, which another program may write to
 * nevertheless: the generation tells.
 */
public final class SnpTsm implements SnpGuest {
  /** Where the kernel has it. */
  public static final String ROOT = "/sys/kernel/config/tsm/report";

  private static final String PROVIDER = "sev_guest";
  private static final int ATTEMPTS = 5;

  private final TsmFiles files;
  private final @Nullable Integer privilegeLevel;

  /**
   * @param privilegeLevel the VMPL that the report is to name; null: the guest's own
   */
  public SnpTsm(TsmFiles files, @Nullable Integer privilegeLevel) {
    this.files = files;
    this.privilegeLevel = privilegeLevel;
  }

  @Override
  public Evidence report(Bytes reportData) throws IOException {
    String entry = "asterism-" + UUID.randomUUID();
    files.create(entry);
    try {
      String provider = text(entry, "provider");
      if (!provider.equals(PROVIDER)) {
        throw new IOException(description() + " gives evidence of another kind: " + provider);
      }
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (privilegeLevel != null) {
          files.write(entry, "privlevel", Bytes.ofUtf8(Integer.toString(privilegeLevel)));
        }
        files.write(entry, "inblob", reportData);
        String generation = text(entry, "generation");
        Bytes report = files.read(entry, "outblob");
        Bytes certificates = files.read(entry, "auxblob");
        // The kernel counts writes: with one in between, the two may be of other report data.
        if (text(entry, "generation").equals(generation) && holds(report, reportData)) {
          return new Evidence(report, certificates);
        }
      }
      throw new IOException("somebody else keeps writing to " + description() + "/" + entry);
    } finally {
      files.remove(entry);
    }
  }

  /** The write before the generation was read could already have been another's. */
  private static boolean holds(Bytes report, Bytes reportData) {
    int end = SoftwareReport.REPORT_DATA + reportData.length();
    return report.length() >= end
        && report.slice(SoftwareReport.REPORT_DATA, end).equals(reportData);
  }

  private String text(String entry, String attribute) throws IOException {
    return new String(files.read(entry, attribute).toArray(), StandardCharsets.US_ASCII).strip();
  }

  @Override
  public String description() {
    return files.description();
  }
}
