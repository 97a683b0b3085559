package dev.asterism.collateral;

import static dev.asterism.testing.FakeService.body;
import static dev.asterism.testing.FakeService.failing;
import static dev.asterism.testing.FakeService.held;
import static dev.asterism.testing.FakeService.status;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.EndorsementSource.Answer;
import dev.asterism.testing.FakeService;
import dev.asterism.testing.FakeTime;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CachedEndorsementsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final String PATH = "/thing/v1/list";

  @TempDir Path folder;

  private final FakeTime time = new FakeTime(START);
  private final FakeService service = new FakeService();

  private CachedEndorsements source(Path at) {
    return new CachedEndorsements(
        Map.of("vendor", URI.create("http://vendor.invalid")),
        service,
        at == null ? null : new CacheFolder(at),
        Limits.DEFAULT,
        time,
        time);
  }

  /** Bodies are {@code <day issued> <day of the end>}, as days after the start. */
  private static final EndorsementRequest REQUEST = request(PATH);

  private static EndorsementRequest request(String path) {
    return new EndorsementRequest(
        "vendor",
        path,
        List.of(),
        1000,
        answer -> {
          String[] days =
              new String(answer.body().toArray(), StandardCharsets.UTF_8).split(" ", -1);
          if (days.length != 2) {
            throw new MalformedException("thing", "is not two days");
          }
          return new Endorsement.Life(day(days[0]), day(days[1]), true);
        });
  }

  private static Instant day(String text) {
    return START.plus(Duration.ofDays(Integer.parseInt(text)));
  }

  private static Bytes thing(int issued, int end) {
    return Bytes.ofUtf8(issued + " " + end);
  }

  private static Bytes found(Answer answer) {
    return assertInstanceOf(Answer.Found.class, answer).endorsement().body();
  }

  private static String unavailable(Answer answer) {
    return assertInstanceOf(Answer.Unavailable.class, answer).reason();
  }

  @Test
  void whatIsFreshIsNotAskedForAgain() {
    service.serve(PATH, body(thing(0, 30)));
    CachedEndorsements source = source(null);

    assertEquals(thing(0, 30), found(source.get(REQUEST)));
    assertEquals(thing(0, 30), found(source.get(REQUEST)));
    assertEquals(1, service.asked().size());
  }

  @Test
  void whatOnlyTheConnectionProvesIsNeitherPutOnADiskNorTakenFromOne() throws Exception {
    var unproven =
        new EndorsementRequest("vendor", PATH, List.of(), 1000, REQUEST.inspection(), false);
    service.serve(PATH, body(thing(0, 30)));
    CachedEndorsements source = source(folder);
    assertEquals(thing(0, 30), found(source.get(unproven)));
    assertEquals(thing(0, 30), found(source.get(unproven)));
    assertEquals(1, service.asked().size());
    assertEquals(List.of(), new CacheFolder(folder).all((file, reason) -> {}));

    // Somebody puts it there.
    new CacheFolder(folder).write(new Stored(REQUEST.key(), START, Endorsement.of(thing(1, 30))));
    assertEquals(thing(1, 30), found(source(folder).get(REQUEST)));
    assertEquals(thing(0, 30), found(source(folder).get(unproven)));
  }

  @Test
  void fiveHundredWhoAskAtOnceCauseOneRequest() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    service.serve(PATH, held(open, body(thing(0, 30))));
    CachedEndorsements source = source(null);
    CountDownLatch all = new CountDownLatch(500);
    List<Future<Answer>> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 500; i++) {
        answers.add(
            threads.submit(() -> {
              all.countDown();
              return source.get(REQUEST);
            }));
      }
      all.await();
      open.countDown();
      for (Future<Answer> answer : answers) {
        assertEquals(thing(0, 30), found(answer.get()));
      }
    }
    assertEquals(1, service.asked().size());
  }

  @Test
  void aServiceThatIsOverloadedIsAskedAgainWhenItSaid() {
    service.once(PATH, status(429, "retry-after", "7")).serve(PATH, body(thing(0, 30)));

    assertEquals(thing(0, 30), found(source(null).get(REQUEST)));
    assertEquals(START.plusSeconds(7), time.instant());
    assertEquals(2, service.asked().size());
  }

  @Test
  void aWishToWaitMayBeADate() {
    service
        .once(PATH, status(503, "retry-after", "Thu, 01 Jan 2026 00:00:20 GMT"))
        .serve(PATH, body(thing(0, 30)));

    assertEquals(thing(0, 30), found(source(null).get(REQUEST)));
    assertEquals(START.plusSeconds(20), time.instant());
  }

  @Test
  void aServiceThatWantsToBeLeftAloneForLongIsNotWaitedFor() {
    service.serve(PATH, status(429, "retry-after", "300"));
    CachedEndorsements source = source(null);

    assertTrue(unavailable(source.get(REQUEST)).contains("answered 429"));
    assertEquals(START, time.instant());
    // Nor is it asked for other things.
    assertTrue(unavailable(source.get(request("/other"))).contains("not asked again until"));
    assertEquals(1, service.asked().size());

    time.advance(Duration.ofSeconds(301));
    service.serve(PATH, body(thing(0, 30)));
    assertEquals(thing(0, 30), found(source.get(REQUEST)));
  }

  @Test
  void failuresAreTriedAgainWithLongerPauses() {
    service
        .once(PATH, failing("connection refused"))
        .once(PATH, status(500))
        .once(PATH, status(502))
        .serve(PATH, body(thing(0, 30)));

    assertEquals(thing(0, 30), found(source(null).get(REQUEST)));
    assertEquals(START.plusSeconds(1 + 2 + 4), time.instant());
  }

  @Test
  void aServiceThatOnlyFailsIsGivenUpAndNotAskedAtOnceAgain() {
    service.serve(PATH, failing("connection refused"));
    CachedEndorsements source = source(null);

    assertTrue(unavailable(source.get(REQUEST)).contains("connection refused"));
    int asked = service.asked().size();
    assertTrue(unavailable(source.get(REQUEST)).contains("connection refused"));
    assertEquals(asked, service.asked().size());
    assertTrue(
        Duration.between(START, time.instant()).compareTo(Limits.DEFAULT.flight()) <= 0,
        () -> "gave up at " + time.instant());
  }

  @Test
  void whatAServiceDoesNotHaveIsAskedForAgainMinutesLater() {
    CachedEndorsements source = source(null);

    assertTrue(unavailable(source.get(REQUEST)).contains("404"));
    assertTrue(unavailable(source.get(REQUEST)).contains("404"));
    assertEquals(1, service.asked().size());

    time.advance(Limits.DEFAULT.absent().plusSeconds(1));
    service.serve(PATH, body(thing(0, 30)));
    assertEquals(thing(0, 30), found(source.get(REQUEST)));
  }

  @Test
  void nobodyWaitsForAServiceThatHangsButTheNextOneHasIt() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    service.serve(PATH, held(open, body(thing(0, 30))));
    CachedEndorsements source = source(null);
    time.stuck();

    assertTrue(unavailable(source.get(REQUEST)).contains("no answer within 10 s"));
    assertTrue(unavailable(source.get(REQUEST)).contains("no answer within 10 s"));

    open.countDown();
    time.flowing();
    assertEquals(thing(0, 30), found(source.get(REQUEST)));
    assertEquals(1, service.asked().size());
  }

  @Test
  void whatIsNotWhatWasAskedForIsNotTaken() {
    service.serve(PATH, body(Bytes.ofUtf8("<html>")));
    CachedEndorsements source = source(null);

    assertTrue(unavailable(source.get(REQUEST)).contains("is not two days"));
    assertTrue(unavailable(source.get(REQUEST)).contains("is not two days"));
    assertEquals(1, service.asked().size());
  }

  @Test
  void whatNoLongerCountsIsNotTaken() {
    service.serve(PATH, body(thing(-20, -1)));

    assertTrue(unavailable(source(null).get(REQUEST)).contains("counted until"));
  }

  @Test
  void anOlderOneDoesNotReplaceANewerOne() {
    service.serve(PATH, body(thing(0, 30)));
    CachedEndorsements source = source(null);
    assertEquals(thing(0, 30), found(source.get(REQUEST)));

    service.serve(PATH, body(thing(-5, 40)));
    time.advance(Limits.DEFAULT.fresh().plusSeconds(1));
    assertEquals(thing(0, 30), found(source.get(REQUEST)));
    Verdicts.await("the refresh", () -> service.asked().size() == 2);

    // And when the newer one has expired, the older one still does not count.
    time.advance(Duration.ofDays(31));
    assertTrue(unavailable(source.get(REQUEST)).contains("is known"));
  }

  @Test
  void whatIsStaleServesWhileANewerOneIsLookedFor() {
    service.serve(PATH, body(thing(0, 30)));
    CachedEndorsements source = source(null);
    assertEquals(thing(0, 30), found(source.get(REQUEST)));

    service.serve(PATH, body(thing(1, 40)));
    time.advance(Duration.ofDays(1));
    assertEquals(thing(0, 30), found(source.get(REQUEST)));
    Verdicts.await("the newer one", () -> found(source.get(REQUEST)).equals(thing(1, 40)));
    assertEquals(2, service.asked().size());
  }

  @Test
  void whatIsOnDiskIsThereAfterARestartAndWithoutTheService() {
    service.serve(PATH, body(thing(0, 30)));
    assertEquals(thing(0, 30), found(source(folder).get(REQUEST)));

    service.serve(PATH, failing("gone"));
    assertEquals(thing(0, 30), found(source(folder).get(REQUEST)));
    assertEquals(1, service.asked().size());
  }

  @Test
  void whatIsOnDiskIsInspectedWhenItIsRead() throws Exception {
    service.serve(PATH, body(thing(0, 30)));
    assertEquals(thing(0, 30), found(source(folder).get(REQUEST)));
    Path file = onlyFile();
    String good = Files.readString(file);

    Files.writeString(file, good.replace(thing(0, 30).base64(), Bytes.ofUtf8("no").base64()));
    assertEquals(thing(0, 30), found(source(folder).get(REQUEST)));
    assertEquals(2, service.asked().size());

    Files.writeString(file, good.substring(0, good.length() / 2));
    assertEquals(thing(0, 30), found(source(folder).get(REQUEST)));
    assertEquals(3, service.asked().size());

    Files.writeString(file, good.replace("/thing/v1/list", "/thing/v1/lost"));
    assertEquals(thing(0, 30), found(source(folder).get(REQUEST)));
    assertEquals(4, service.asked().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-01-20T00:00:00Z", "+1000000000-12-31T23:59:59.999999999Z"})
  void aTimeToComeOnDiskKeepsNothingNewerAway(String later) throws Exception {
    service.serve(PATH, body(thing(0, 30)));
    source(folder).get(REQUEST);
    Path file = onlyFile();
    Files.writeString(file, Files.readString(file).replace(START.toString(), later));

    service.serve(PATH, body(thing(1, 40)));
    CachedEndorsements source = source(folder);
    assertEquals(thing(0, 30), found(source.get(REQUEST)));
    Verdicts.await(
        "the newer one",
        () -> fetchedAt().equals(START) && found(source.get(REQUEST)).equals(thing(1, 40)));
  }

  @Test
  void aTimeToComeOnDiskIsSetRightByTheSameAnswer() throws Exception {
    service.serve(PATH, body(thing(0, 30)));
    source(folder).get(REQUEST);
    Path file = onlyFile();
    Files.writeString(
        file, Files.readString(file).replace(START.toString(), "2026-01-20T00:00:00Z"));

    CachedEndorsements source = source(folder);
    assertEquals(thing(0, 30), found(source.get(REQUEST)));
    Verdicts.await("its time", () -> fetchedAt().equals(START));
    assertEquals(2, service.asked().size());
    assertEquals(thing(0, 30), found(source.get(REQUEST)));
    assertEquals(2, service.asked().size());
  }

  private Instant fetchedAt() {
    try {
      return new CacheFolder(folder).all((damaged, reason) -> {}).getFirst().fetchedAt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path onlyFile() throws Exception {
    try (var files = Files.list(folder)) {
      List<Path> all = files.toList();
      assertEquals(1, all.size());
      return all.getFirst();
    }
  }

  @Test
  void aFolderThatCannotBeWrittenStopsNobody() throws Exception {
    Path notAFolder = Files.writeString(folder.resolve("file"), "");
    service.serve(PATH, body(thing(0, 30)));

    assertEquals(thing(0, 30), found(source(notAFolder.resolve("below")).get(REQUEST)));
  }

  @Test
  void ofWhatIsPresentedAndKnownTheNewestCounts() {
    CachedEndorsements source = source(folder);
    Endorsement old = Endorsement.of(thing(-5, 40));
    Endorsement newer = Endorsement.of(thing(-1, 40));
    service.serve(PATH, failing("gone"));

    assertEquals(old, source.newest(REQUEST, old));
    assertEquals(newer, source.newest(REQUEST, newer));
    assertEquals(newer, source.newest(REQUEST, old));
    // Also after a restart.
    assertEquals(newer, source(folder).newest(REQUEST, old));
  }

  @Test
  void whatIsPresentedDoesNotKeepANewerOneFromBeingFound() {
    service.serve(PATH, body(thing(0, 30)));
    CachedEndorsements source = source(null);
    Endorsement old = Endorsement.of(thing(-5, 40));

    assertEquals(old, source.newest(REQUEST, old));
    Verdicts.await("the newer one", () -> source.newest(REQUEST, old).body().equals(thing(0, 30)));
  }

  @Test
  void aServiceWithoutABaseUrlIsNotAsked() {
    var source = new CachedEndorsements(Map.of(), service, null, Limits.DEFAULT, time, time);

    assertTrue(unavailable(source.get(REQUEST)).contains("no base URL"));
    assertEquals(List.of(), service.asked());
  }

  @Test
  void aStrangerCannotHaveAnyNumberOfRequestsMade() {
    CountDownLatch open = new CountDownLatch(1);
    CachedEndorsements source = source(null);
    time.stuck();
    for (int i = 0; i < Limits.DEFAULT.flights(); i++) {
      service.serve("/" + i, held(open, status(404)));
      unavailable(source.get(request("/" + i)));
    }
    assertTrue(unavailable(source.get(REQUEST)).contains("too many requests"));
    open.countDown();
  }
}
