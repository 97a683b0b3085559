package dev.asterism.device;

import dev.asterism.wire.Bytes;
import java.io.IOException;

/** What an SEV-SNP guest can ask of the AMD secure processor. */
public interface SnpGuest {
  /** The length of report data, in bytes. */
  int REPORT_DATA = 64;

  /**
   * What came out.
   *
   * @param report as the processor gave it
   * @param certificates the host's certificate table, padding included; empty where it has none
   */
  record Evidence(Bytes report, Bytes certificates) {}

  /**
   * A report over {@code reportData}.
   *
   * @param reportData 64 bytes
   */
  Evidence report(Bytes reportData) throws IOException;

  /** Where it is, for messages. */
  String description();
}
