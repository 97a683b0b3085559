package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Who waits for a step of a handshake and is interrupted, stops, and still knows that he was. */
class InterruptionTest {
  private static final Callable<String> LONG =
      () -> {
        Thread.sleep(Duration.ofMinutes(1));
        return "";
      };

  private static void assertInterrupted(String message, Executable wait) {
    Thread.currentThread().interrupt();
    var e = assertThrows(HandshakeException.class, wait);
    assertTrue(Thread.interrupted());
    assertEquals(message, e.getMessage());
  }

  @Test
  void withinItsTime() {
    var limit = new TimeLimit(Duration.ofMinutes(1), 1);
    assertInterrupted("attestation was interrupted", () -> limit.run("attestation", LONG));
  }

  @Test
  void besideItsEngine() {
    SSLEngine engine = AtlsServer.context(null, null).newEngine(ByteBufAllocator.DEFAULT);
    try {
      assertInterrupted(
          "the verification was interrupted", () -> Aside.run(engine, "verification", LONG));
    } finally {
      ReferenceCountUtil.release(engine);
    }
  }
}
