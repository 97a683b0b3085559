package dev.asterism.testing.hostile;

import dev.asterism.testing.RawTls;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** At a door with attested TLS. */
final class TlsAttacks {
  private static final long DRIP_MILLIS = 100;
  private static final int MEGABYTE = 1_000_000;

  private final Strangers strangers;
  private final byte[] hello = RawTls.clientHello();
  private final List<BadEvidence> bad =
      Stream.of(
              "[".repeat(MEGABYTE),
              "{\"a\":".repeat(MEGABYTE / 5),
              "{\"Attestation\":{\"ak_pub\":\"" + "A".repeat(MEGABYTE) + "\"}}",
              "{}")
          .map(BadEvidence::new)
          .toList();
  private final AtomicInteger turn = new AtomicInteger();

  TlsAttacks(int port) {
    strangers = new Strangers(port);
  }

  /** Connects and says nothing. */
  void silence() throws Exception {
    try (Socket socket = strangers.connect()) {
      Strangers.awaitEnd(socket);
    }
  }

  /** Sends its hello byte by byte. */
  void dripHello() throws Exception {
    try (Socket socket = strangers.connect()) {
      for (byte next : hello) {
        socket.getOutputStream().write(next);
        Thread.sleep(DRIP_MILLIS);
      }
      Strangers.awaitEnd(socket);
    }
  }

  /** Sends its hello at once, and then drips records of one byte. */
  void dripRecords() throws Exception {
    try (Socket socket = strangers.connect()) {
      socket.getOutputStream().write(hello);
      byte[] changeCipherSpec = {0x14, 3, 3, 0, 1, 1};
      while (true) {
        socket.getOutputStream().write(changeCipherSpec);
        Thread.sleep(DRIP_MILLIS);
      }
    }
  }

  /** A handshake that fails: after a whole hello comes nothing that TLS knows. */
  void failedHandshake() throws Exception {
    try (Socket socket = strangers.connect()) {
      socket.getOutputStream().write(hello);
      socket.getOutputStream().write(new byte[64]);
      Strangers.awaitEnd(socket);
    }
  }

  /** Evidence that is deep, large, or nothing, from the address that honest nodes have, too. */
  void badEvidence() throws Exception {
    BadEvidence evidence = bad.get(turn.getAndIncrement() % bad.size());
    try (Socket socket = evidence.handshake(strangers.port())) {
      Strangers.awaitEnd(socket);
    }
  }
}
