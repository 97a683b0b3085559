package dev.asterism.collateral;

import static dev.asterism.testing.FakeService.body;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.testing.FakeService;
import dev.asterism.testing.FakeTime;
import dev.asterism.wire.Bytes;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlightsTest {
  private static final String PATH = "/thing";
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final EndorsementRequest REQUEST =
      new EndorsementRequest(
          "vendor",
          PATH,
          List.of(),
          1000,
          _ -> new Endorsement.Life(START, START.plusSeconds(60), true));

  private final FakeTime time = new FakeTime(START);
  private final FakeService service = new FakeService().serve(PATH, body(Bytes.zeros(1)));
  private final Flights flights =
      new Flights(
          Map.of("vendor", URI.create("http://vendor.invalid")),
          service,
          new Memory(null),
          Limits.DEFAULT,
          time,
          time);

  @Test
  void whatLandedSinceTheCallerLookedIsNotAskedForAgain() {
    assertEquals(new Flights.Outcome.Arrived(), flights.join(REQUEST, () -> true).join());
    assertEquals(List.of(), service.asked());

    assertEquals(new Flights.Outcome.Arrived(), flights.join(REQUEST, () -> false).join());
    assertEquals(1, service.asked().size());
  }
}
