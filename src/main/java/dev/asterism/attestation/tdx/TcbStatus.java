package dev.asterism.attestation.tdx;

import dev.asterism.wire.MalformedException;
import java.util.Arrays;

/**
 * What Intel says of a platform's level (PCS API v4, {@code tcbStatus}), and of levels together.
 */
enum TcbStatus {
  UP_TO_DATE("UpToDate"),
  SW_HARDENING_NEEDED("SWHardeningNeeded"),
  CONFIGURATION_NEEDED("ConfigurationNeeded"),
  CONFIGURATION_AND_SW_HARDENING_NEEDED("ConfigurationAndSWHardeningNeeded"),
  OUT_OF_DATE("OutOfDate"),
  OUT_OF_DATE_CONFIGURATION_NEEDED("OutOfDateConfigurationNeeded"),
  REVOKED("Revoked");

  private final String id;

  TcbStatus(String id) {
    this.id = id;
  }

  /** Intel's spelling. */
  String id() {
    return id;
  }

  /** One that we do not know is an error: it could be worse than all others. */
  static TcbStatus byId(String field, String id) throws MalformedException {
    return Arrays.stream(values())
        .filter(s -> s.id.equals(id))
        .findAny()
        .orElseThrow(() -> new MalformedException(field, "is no TCB status that we know"));
  }

  /**
   * A platform's status together with that of a part of it, the quoting enclave or the TDX module.
   * Such parts are only up to date, out of date or revoked; anything else counts as out of date.
   */
  TcbStatus with(TcbStatus part) {
    if (part == REVOKED) {
      return REVOKED;
    }
    if (part == UP_TO_DATE) {
      return this;
    }
    return switch (this) {
      case UP_TO_DATE, SW_HARDENING_NEEDED, OUT_OF_DATE -> OUT_OF_DATE;
      case CONFIGURATION_NEEDED,
          CONFIGURATION_AND_SW_HARDENING_NEEDED,
          OUT_OF_DATE_CONFIGURATION_NEEDED ->
          OUT_OF_DATE_CONFIGURATION_NEEDED;
      case REVOKED -> REVOKED;
    };
  }
}
