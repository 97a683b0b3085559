package dev.asterism.attestation.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventOrderTest {
  private static final String CALL = "Calling EFI Application from Boot Option";
  private static final Bytes DB = Bytes.ofUtf8("db");

  private final EventLogWriter log = new EventLogWriter(EnumSet.of(Digests.SHA256));

  @Test
  void findsNothingStrangeInAnOrdinaryBoot() {
    log.event(7, EventType.EFI_VARIABLE_DRIVER_CONFIG, DB);
    log.action(4, CALL).separators();
    log.event(7, EventType.EFI_VARIABLE_AUTHORITY, DB);
    log.event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DB);
    assertEquals(List.of(), EventOrder.oddities(log.log()));
  }

  @Test
  void findsAnApplicationBeforeItsCall() {
    log.event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DB).action(4, CALL);
    assertOne("PCR 4: an application is measured before it is called");
  }

  @Test
  void doesNotBelieveACallWhoseDigestIsOfSomethingElse() {
    log.measured(4, EventType.EFI_ACTION, DB, Bytes.ofUtf8(CALL));
    log.event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DB);
    assertOne("PCR 4: an application is measured before it is called");
  }

  @Test
  void findsAnAuthorityBeforeTheSeparator() {
    log.event(7, EventType.EFI_VARIABLE_AUTHORITY, DB).separator(7);
    assertOne("PCR 7: an authority is used before the separator");
  }

  @Test
  void findsConfigurationBehindTheSeparator() {
    log.separator(7).event(7, EventType.EFI_VARIABLE_DRIVER_CONFIG, DB);
    assertOne("PCR 7: the configuration is measured after the separator");
  }

  @Test
  void findsASecondSeparator() {
    log.separator(7).separator(7);
    assertOne("PCR 7: a second separator");
  }

  private void assertOne(String oddity) {
    assertEquals(List.of(oddity), EventOrder.oddities(log.log()));
  }
}
