package dev.asterism.device;

import dev.asterism.wire.Bytes;
import java.io.IOException;

/** What a TDX guest can ask of the TDX module and its host's quoting enclave. */
public interface TdxGuest {
  /** The length of a register and of a digest to extend it with, in bytes. */
  int REGISTER = 48;

  /** The length of report data, in bytes. */
  int REPORT_DATA = 64;

  /**
   * A quote that carries {@code reportData}, as the driver gives it: zeros may follow.
   *
   * @param reportData 64 bytes
   */
  Bytes quote(Bytes reportData) throws IOException;

  /**
   * The value of RTMR {@code index} now.
   *
   * @param index 0 to 3
   */
  Bytes rtmr(int index) throws IOException;

  /**
   * Extends RTMR {@code index}: {@code SHA-384(old ‖ digest)}.
   *
   * @param digest 48 bytes
   */
  void extend(int index, Bytes digest) throws IOException;

  /** Where it is, for messages. */
  String description();
}
