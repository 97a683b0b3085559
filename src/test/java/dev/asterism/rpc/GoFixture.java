package dev.asterism.rpc;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.AtlsServer;
import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Echo;
import dev.asterism.testing.Verdicts;
import io.grpc.ManagedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Our side of a connection with the Go peer. */
abstract class GoFixture {
  static final String OID = Variant.QEMU_VTPM.oid();
  static final byte[] HELLO = "hello from Java".getBytes();

  final Verdicts heard = new Verdicts();
  final Echo echo = new Echo();

  static @Nullable Issuer issuer(boolean attests) {
    return attests ? DummyEvidence.issuer(Variant.QEMU_VTPM) : null;
  }

  @Nullable PeerVerification verification(boolean verifies) {
    return verifies ? heard.by(DummyEvidence.verifier(Variant.QEMU_VTPM)) : null;
  }

  static String[] flags(String version, boolean attests, boolean verifies, String lie) {
    var flags = new ArrayList<>(List.of("-tls", version, "-lie", lie));
    if (attests) {
      flags.addAll(List.of("-attest", OID));
    }
    if (verifies) {
      flags.addAll(List.of("-verify", OID));
    }
    return flags.toArray(String[]::new);
  }

  RpcServer javaServer(@Nullable Issuer issuer, @Nullable PeerVerification peers) throws Exception {
    return RpcServer.builder("echo", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .tls(AtlsServer.context(issuer, peers))
        .service(echo)
        .start();
  }

  static byte[] say(int port, @Nullable Issuer issuer, @Nullable PeerVerification peers) {
    ManagedChannel channel = Channels.open("127.0.0.1:" + port, AtlsClient.context(issuer, peers));
    try {
      return Echo.say(channel, HELLO);
    } finally {
      channel.shutdownNow();
    }
  }
}
