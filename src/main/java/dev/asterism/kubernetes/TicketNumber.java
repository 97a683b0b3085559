package dev.asterism.kubernetes;

import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which of its tickets a machine is given. It stays the same while the machine asks again for the
 * same, whichever join-service it asks, and its bootstrap token follows from it: so a machine whose
 * answer was lost never has a second token.
 *
 * @param number counted for each machine; 0: it had none yet
 * @param since when it was first asked for, in whole seconds, as its token's expiry has them
 */
public record TicketNumber(long number, Instant since) {
  static final TicketNumber NONE = new TicketNumber(0, Instant.EPOCH);

  public TicketNumber {
    since = since.truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * That of a machine that is not on record: all that it asks for within some minutes has the same
   * number.
   */
  public static TicketNumber unrecorded(Instant now) {
    long minutes = TokenHolder.REUSE.toSeconds();
    long number = Math.floorDiv(now.getEpochSecond(), minutes);
    return new TicketNumber(number, Instant.ofEpochSecond(number * minutes));
  }

  TicketNumber next(Instant now) {
    return new TicketNumber(number + 1, now);
  }

  /** Whether who asks for the same is given it again; the clock that it began by may be ahead. */
  boolean young(Instant now) {
    return Duration.between(since, now).abs().compareTo(TokenHolder.REUSE) < 0;
  }

  ObjectNode toJson() {
    return Json.newObject().put("number", number).put("since", since.toString());
  }

  /** Of a record; none where an older program wrote it. */
  static TicketNumber of(ObjectNode spec) throws MalformedException {
    if (!spec.has("ticket")) {
      return NONE;
    }
    ObjectNode ticket = Json.child(spec, "ticket");
    JsonNode number = ticket.path("number");
    if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
      throw new MalformedException("ticket", "has no number");
    }
    try {
      return new TicketNumber(number.longValue(), Instant.parse(Json.string(ticket, "since")));
    } catch (DateTimeParseException e) {
      throw new MalformedException("ticket", "has no RFC 3339 time");
    }
  }
}
