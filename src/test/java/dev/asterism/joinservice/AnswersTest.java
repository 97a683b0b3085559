package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.joinservice.Answers.Answer;
import dev.asterism.joinservice.Tickets.Issued;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.rpc.CallException;
import dev.asterism.testing.TestClock;
import dev.asterism.wire.Bytes;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AnswersTest {
  private static final Duration VALIDITY = Duration.ofSeconds(60);

  private final TestClock clock = new TestClock(Instant.parse("2026-05-01T12:00:00Z"));
  private final Answers answers = new Answers(clock, VALIDITY, 3);
  private final AtomicInteger made = new AtomicInteger();

  private Issued issue() {
    return new Issued(
        IssueJoinTicketResponse.newBuilder()
            .setToken("%06d.0123456789abcdef".formatted(made.incrementAndGet()))
            .setStateDiskKey(ByteString.copyFromUtf8("key " + made.get()))
            .build(),
        "components",
        List.of("worker-1"));
  }

  private Answer ask(String machine, String disk, String digest) {
    try {
      return answers.answer(machine, Bytes.ofUtf8(disk + digest), this::issue);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void repeatsWhatWasAnsweredWithAllThatIsRecordedOfIt() {
    Issued first = ask("a", "disk", "x").issued();
    Answer again = ask("a", "disk", "x");
    assertEquals(first, again.issued());
    assertTrue(again.repeated());
    assertEquals("000001", again.issued().tokenId());
    assertFalse(again.issued().toString().contains("key"), "a ticket is not printed");
  }

  @Test
  void keepsMachinesApartAndKeepsNothingForNobody() {
    ask("a", "disk", "x");
    assertFalse(ask("b", "disk", "x").repeated());
    assertFalse(ask("", "disk", "x").repeated());
    assertFalse(ask("", "disk", "x").repeated());
    assertEquals(2, answers.size());
  }

  @Test
  void anotherRequestIsAnotherTicketAndTakesTheLastOnesPlace() {
    assertFalse(ask("a", "disk", "x").repeated());
    assertFalse(ask("a", "disk", "y").repeated());
    assertFalse(ask("a", "disk", "x").repeated());
    assertEquals(1, answers.size());
  }

  @Test
  void forgetsWhatIsOver() {
    ask("a", "disk", "x");
    clock.advance(VALIDITY.minusMillis(1));
    answers.sweep();
    assertEquals(1, answers.size());
    clock.advance(Duration.ofMillis(1));
    answers.sweep();
    assertEquals(0, answers.size());
  }

  @Test
  void forgetsTheOldestFirst() {
    for (String machine : List.of("a", "b", "c", "d")) {
      ask(machine, "disk", "x");
    }
    assertEquals(3, answers.size());
    assertTrue(ask("b", "disk", "x").repeated());
    assertFalse(ask("a", "disk", "x").repeated());
  }

  @Test
  void forgetsAllWhenItCloses() {
    ask("a", "disk", "x");
    answers.close();
    assertEquals(0, answers.size());
  }

  @Test
  void keepsNothingOfATicketThatFailed() {
    assertThrows(
        CallException.class,
        () ->
            answers.answer(
                "a",
                Bytes.EMPTY,
                () -> {
                  throw new CallException(Status.Code.UNAVAILABLE, "later");
                }));
    assertEquals(0, answers.size());
    assertFalse(ask("a", "disk", "x").repeated());
  }

  @Test
  void aMachineWaitsForItselfAndForNobodyElse() throws Exception {
    var begun = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var slow =
          threads.submit(() ->
              answers.answer(
                  "a",
                  Bytes.ofUtf8("diskx"),
                  () -> {
                    begun.countDown();
                    try {
                      go.await();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                    return issue();
                  }));
      begun.await();
      ask("b", "disk", "x");
      var second = threads.submit(() -> ask("a", "disk", "x"));
      go.countDown();
      assertFalse(slow.get().repeated());
      assertTrue(second.get().repeated());
    }
  }
}
