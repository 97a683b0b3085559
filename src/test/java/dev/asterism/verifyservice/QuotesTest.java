package dev.asterism.verifyservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.metrics.HttpAnswer;
import dev.asterism.metrics.HttpRequest;
import dev.asterism.metrics.Metrics;
import dev.asterism.metrics.Refusals;
import dev.asterism.rpc.CallException;
import dev.asterism.rpc.PeerGate;
import dev.asterism.rpc.PeerLimits;
import dev.asterism.rpc.PeerLimits.Rate;
import dev.asterism.testing.FakeIssuer;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.Status;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hardware that hangs. */
@Timeout(60)
class QuotesTest {
  private static final Rate FREE = new Rate(1e6, 1_000_000);
  private static final InetAddress PEER = InetAddress.getLoopbackAddress();
  private static final Bytes NONCE = Bytes.zeros(32);

  private final FakeIssuer issuer = new FakeIssuer();
  private final Metrics metrics = new Metrics();

  @AfterEach
  void letGo() {
    issuer.release(1000);
  }

  private Quotes quotes(int waiting) {
    var gate =
        new PeerGate(
            "quotes",
            new PeerLimits(FREE, FREE, waiting, waiting),
            System::nanoTime,
            new Refusals(metrics));
    return new Quotes(issuer, gate, Duration.ofMillis(50), metrics);
  }

  private static Status.Code code(Quotes quotes) {
    return assertThrows(CallException.class, () -> quotes.quote("grpc", PEER, NONCE)).code();
  }

  @Test
  void callersDoNotWaitForHardwareThatHangs() {
    issuer.holdUp();
    assertEquals(Status.Code.UNAVAILABLE, code(quotes(10)));
    assertTrue(
        metrics.scrape().contains("asterism_quotes_total{door=\"grpc\",result=\"late\"} 1.0"));
  }

  @Test
  void onlySoManyAttemptsHangWithIt() throws Exception {
    Quotes quotes = quotes(2);
    issuer.holdUp();
    assertEquals(Status.Code.UNAVAILABLE, code(quotes));
    assertEquals(Status.Code.UNAVAILABLE, code(quotes));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, code(quotes));
    assertEquals(2, issuer.asked());
    assertTrue(metrics.scrape().contains("limit=\"quotes-waiting\",scope=\"peer\"} 1.0"));

    issuer.release(1000);
    Verdicts.await("the hardware is asked again", () -> succeeds(quotes));
  }

  private static boolean succeeds(Quotes quotes) {
    try {
      return quotes.quote("grpc", PEER, NONCE).length() > 0;
    } catch (CallException e) {
      return false;
    }
  }

  @Test
  void overHttpAHangIs503AndAFullQueue429AndBothSayWhenToComeBack() {
    var http = new VerifyHttp(quotes(1));
    issuer.holdUp();
    var request = new HttpRequest("GET", "/", "nonce=AAAAAAAAAAAAAAAAAAAAAA==", PEER);
    HttpAnswer late = http.answer(request);
    assertEquals(503, late.status());
    assertEquals("5", late.headers().get("Retry-After"));
    HttpAnswer full = http.answer(request);
    assertEquals(429, full.status());
    assertEquals("1", full.headers().get("Retry-After"));
  }
}
