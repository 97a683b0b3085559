package dev.asterism.attestation.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventOrderTest {
  private static final String CALL = "Calling EFI Application from Boot Option";
  private static final String RETURN = "Returning from EFI Application from Boot Option";
  private static final Bytes DB = Bytes.ofUtf8("db");

  private final EventLogWriter log = new EventLogWriter(EnumSet.of(Digests.SHA256));

  @Test
  void findsNothingWrongWithAnOrdinaryBoot() {
    log.event(7, EventType.EFI_VARIABLE_DRIVER_CONFIG, DB);
    log.action(4, CALL).separators();
    log.event(7, EventType.EFI_VARIABLE_AUTHORITY, DB);
    log.event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DB);
    assertGood();
    assertFalse(EventOrder.lacksAction(log.log()));
  }

  @Test
  void anApplicationMayReturnAndTheNextBeCalled() {
    log.separator(4).action(4, CALL).event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DB);
    log.action(4, RETURN).action(4, CALL);
    log.event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DB);
    assertGood();
  }

  @Test
  void noticesThatTheFirmwareNeverCallsItsApplication() {
    log.separators().event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DB);
    assertGood();
    assertTrue(EventOrder.lacksAction(log.log()));
  }

  @Test
  void refusesAnApplicationBeforeItsCall() {
    log.separator(4).event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DB).action(4, CALL);
    assertWrong("PCR 4: an application before the action that calls it");
  }

  @Test
  void refusesAnApplicationBeforeTheSeparator() {
    log.action(4, CALL).event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DB).separator(4);
    assertWrong("PCR 4: an application before the separator");
  }

  @Test
  void refusesASecondCallWithoutAReturn() {
    log.action(4, CALL).separator(4).action(4, CALL);
    assertWrong("PCR 4: the action that calls an application, twice");
  }

  @Test
  void refusesASecondCallBehindTheFirstOnesApplication() {
    log.action(4, CALL).separator(4).event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DB);
    log.action(4, CALL);
    assertWrong("PCR 4: the action that calls an application, twice");
  }

  @Test
  void missesNoCallWhereNothingWasStarted() {
    log.separators();
    assertGood();
    assertFalse(EventOrder.lacksAction(log.log()));
  }

  @Test
  void otherEventsMayStandBeforeTheSeparatorOfTheBootManager() {
    log.event(4, EventType.EVENT_TAG, DB).action(4, CALL).separator(4);
    assertGood();
  }

  @Test
  void anApplicationMayBeDescribedInOtherWordsThanItsDigestIsOf() {
    log.separator(4).measured(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DB, Bytes.zeros(9));
    assertGood();
  }

  @Test
  void aSeparatorMayHaveOnes() throws Exception {
    log.event(4, EventType.SEPARATOR, Bytes.ofHex("ones", "ffffffff"));
    assertGood();
    log.event(4, EventType.IPL, Bytes.ofHex("ones", "ffffffff"));
    assertWrong("PCR 4: a separator under the name EV_IPL");
  }

  @Test
  void theFirmwareMayDescribeItsStateWithActions() {
    log.action(7, "DMA Protection Disabled");
    assertGood();
  }

  @Test
  void whatHasNoDigestIsNothingKnown() {
    log.add(new EventLog.Event(4, EventType.IPL, Map.of(), DB));
    assertGood();
  }

  @Test
  void refusesACallWhoseDigestIsOfSomethingElse() {
    log.measured(4, EventType.EFI_ACTION, DB, Bytes.ofUtf8(CALL));
    assertWrong("PCR 4: an action whose digest is of something else");
  }

  @Test
  void refusesACallThatIsNamedOtherwise() {
    log.event(4, EventType.IPL, Bytes.ofUtf8(CALL));
    assertWrong("PCR 4: an action under the name EV_IPL");
  }

  @Test
  void refusesASeparatorThatIsNamedOtherwise() {
    log.event(4, EventType.IPL, Bytes.zeros(4));
    assertWrong("PCR 4: a separator under the name EV_IPL");
  }

  @Test
  void refusesASeparatorWhoseDigestIsOfSomethingElse() {
    log.measured(7, EventType.SEPARATOR, DB, Bytes.zeros(4));
    assertWrong("PCR 7: a separator whose digest is of something else");
  }

  @Test
  void refusesTheSeparatorOfAFailedBoot() throws Exception {
    log.event(7, EventType.SEPARATOR, Bytes.ofHex("error", "01000000"));
    assertWrong("PCR 7: a separator whose digest is of something else");
  }

  @Test
  void refusesAnAuthorityBeforeTheSeparator() {
    log.event(7, EventType.EFI_VARIABLE_AUTHORITY, DB).separator(7);
    assertWrong("PCR 7: an authority before the separator");
  }

  @Test
  void refusesConfigurationBehindTheSeparator() {
    log.separator(7).event(7, EventType.EFI_VARIABLE_DRIVER_CONFIG, DB);
    assertWrong("PCR 7: a configuration variable after the separator");
  }

  @Test
  void refusesASecondSeparator() {
    log.separator(7).separator(7);
    assertWrong("PCR 7: a second separator");
  }

  @Test
  void refusesASecondSeparatorOfTheBootManager() {
    log.separator(4).separator(4);
    assertWrong("PCR 4: a second separator");
  }

  @Test
  void refusesEventsThatHaveNoBusinessThere() {
    log.event(7, EventType.IPL, DB);
    assertWrong("PCR 7: an unexpected event, EV_IPL");
  }

  @Test
  void looksAtNothingThatWasNotExtended() {
    log.add(new EventLog.Event(7, EventType.NO_ACTION, Map.of(), DB)).separator(7);
    assertGood();
  }

  private void assertGood() {
    assertEquals(Optional.empty(), EventOrder.violation(log.log()));
  }

  private void assertWrong(String violation) {
    assertEquals(Optional.of(violation), EventOrder.violation(log.log()));
  }
}
