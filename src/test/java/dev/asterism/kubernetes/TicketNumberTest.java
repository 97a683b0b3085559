package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Where nothing is on record, all join-services agree by their clocks. */
class TicketNumberTest {
  private static final Instant SPAN = Instant.parse("2026-05-01T12:05:00Z");

  @Test
  void allOfOneSpanIsOneTicket() {
    TicketNumber first = TicketNumber.unrecorded(SPAN);
    assertEquals(SPAN, first.since());
    assertEquals(first, TicketNumber.unrecorded(SPAN.plus(TokenHolder.REUSE).minusMillis(1)));
    assertNotEquals(first, TicketNumber.unrecorded(SPAN.minusMillis(1)));
    TicketNumber next = TicketNumber.unrecorded(SPAN.plus(TokenHolder.REUSE));
    assertEquals(first.number() + 1, next.number());
    assertEquals(SPAN.plus(TokenHolder.REUSE), next.since());
  }

  /** A token that is given last is good for as long as one that is given again at last. */
  @Test
  void aTokenOfTheSpansEndIsNotOverSoon() {
    Instant last = SPAN.plus(TokenHolder.REUSE).minusMillis(1);
    Instant over = TicketNumber.unrecorded(last).since().plus(BootstrapTokens.TTL);
    assertFalse(over.isBefore(last.plus(BootstrapTokens.TTL).minus(TokenHolder.REUSE)));
  }
}
