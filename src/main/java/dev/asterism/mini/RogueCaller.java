package dev.asterism.mini;

import com.google.protobuf.ByteString;
import dev.asterism.atls.AtlsClient;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.device.Tpms;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.node.Role;
import dev.asterism.proto.join.APIGrpc;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.rpc.Channels;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Makes a {@link RogueCall}, with the evidence and the connection that the join client has. */
final class RogueCaller {
  private static final int MAX_FILE = 1024 * 1024;

  /** A proof counts for a minute. */
  private static final Duration PATIENCE = Duration.ofSeconds(55);

  private final MiniDir dir;
  private final MiniPlan plan;
  private final NodePlan node;
  private final Progress progress;

  RogueCaller(MiniDir dir, MiniPlan plan, NodePlan node, MiniContext context) {
    this.dir = dir;
    this.plan = plan;
    this.node = node;
    this.progress = context.progress();
  }

  /**
   * @param name what the machine asks to be
   */
  void call(RogueCall call, String name, String endpoint) throws IOException {
    ManagedChannel channel = Channels.open(endpoint, AtlsClient.context(issuer(), null));
    try {
      connect(channel);
      progress.node(node.name(), "has proved itself to " + endpoint);
      Path when = call.when();
      if (when != null) {
        await(when);
      }
      var join = APIGrpc.newBlockingStub(channel);
      IssueJoinTicketRequest request = request(name);
      for (int i = 0; i < call.times(); i++) {
        progress.node(node.name(), "asks" + (i == 0 ? "" : " again") + ": " + ask(join, request));
      }
    } finally {
      channel.shutdownNow();
    }
  }

  private static String ask(APIGrpc.APIBlockingStub join, IssueJoinTicketRequest request) {
    try {
      String token = join.issueJoinTicket(request).getToken();
      return "has a ticket, with token " + token.substring(0, token.indexOf('.'));
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() + ", " + e.getStatus().getDescription();
    }
  }

  /** The server answers the first frame when it has verified this side. */
  private static void connect(ManagedChannel channel) throws IOException {
    var deadline = new Deadline(PATIENCE);
    while (channel.getState(true) != ConnectivityState.READY) {
      if (deadline.passed()) {
        throw new IOException("no attested connection comes about");
      }
      Pause.millis(20);
    }
  }

  private static void await(Path file) throws IOException {
    var deadline = new Deadline(PATIENCE);
    while (!Files.exists(file)) {
      if (deadline.passed()) {
        throw new IOException(file + " did not appear in time: a proof counts for a minute");
      }
      Pause.millis(50);
    }
  }

  private Issuer issuer() throws IOException {
    NodeDir place = dir.node(node.name());
    Bytes log = AtomicFile.read(place.eventLog(), MAX_FILE);
    try {
      return QemuVtpm.issuer(
          Tpms.open(Vtpms.uri(dir, node, plan.tpm())),
          () -> Optional.of(log),
          List.of(AtomicFile.read(place.akCertificate(), MAX_FILE)));
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  private IssueJoinTicketRequest request(String name) {
    Bytes csr =
        CertificateRequests.create(KeyPairs.ecP256(), name, List.of(), List.of("127.0.0.1"));
    return IssueJoinTicketRequest.newBuilder()
        .setDiskUuid(UUID.randomUUID().toString())
        .setCertificateRequest(ByteString.copyFrom(csr.toArray()))
        .setIsControlPlane(node.role() == Role.CONTROL_PLANE)
        .build();
  }
}
