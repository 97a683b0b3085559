package dev.asterism.testing.hostile;

import dev.asterism.atls.AtlsClient;
import dev.asterism.attestation.Variant;
import dev.asterism.proto.join.APIGrpc;
import dev.asterism.proto.join.IssueRejoinTicketRequest;
import dev.asterism.rpc.Channels;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.RawTls;
import dev.asterism.wire.Bytes;
import io.grpc.ManagedChannel;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** At a door with attested TLS. */
final class TlsAttacks {
  private static final long DRIP_MILLIS = 100;
  private static final int MEBIBYTE = 1_000_000;

  private final Strangers strangers;
  private final byte[] hello = RawTls.clientHello();
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
    String document =
        switch (turn.getAndIncrement() % 4) {
          case 0 -> "[".repeat(MEBIBYTE);
          case 1 -> "{\"a\":".repeat(MEBIBYTE / 5);
          case 2 -> "{\"Attestation\":{\"ak_pub\":\"" + "A".repeat(MEBIBYTE) + "\"}}";
          default -> "{}";
        };
    var issuer =
        DummyEvidence.issuer(Variant.QEMU_VTPM, (userData, nonce) -> Bytes.ofUtf8(document));
    ManagedChannel channel =
        Channels.open("127.0.0.1:" + strangers.port(), AtlsClient.context(issuer, null));
    try {
      var _ =
          APIGrpc.newBlockingStub(channel)
              .withDeadlineAfter(20, TimeUnit.SECONDS)
              .issueRejoinTicket(IssueRejoinTicketRequest.getDefaultInstance());
    } finally {
      channel.shutdownNow();
    }
  }
}
