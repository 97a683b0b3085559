package dev.asterism.keyservice;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.asterism.keys.KeyIds;
import dev.asterism.proto.kms.GetDataKeyRequest;
import dev.asterism.rpc.CallException;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Optional;

/** What services inside the cluster ask for, and whom the operator lets them be. */
public final class KeyServiceFuzz {
  private static final Optional<String> CSI = Optional.of("csi");

  private KeyServiceFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of("DataKeyRequest", KeyServiceFuzz::request, KeyServiceFuzz::requests)
            .refusing(CallException.class)
            .refusing(InvalidProtocolBufferException.class),
        FuzzTarget.ofText("KeyCallers", KeyServiceFuzz::callers, "join-service\ncsi=pvc-\nb=c"));
  }

  /** What is given is a name of few characters, and no disk's key is given to any other caller. */
  private static DataKeyRequest request(Bytes message) throws Exception {
    var said = GetDataKeyRequest.parseFrom(message.toArray());
    var wanted = DataKeyRequest.checked(said.getDataKeyId(), said.getLength());
    Callers.named("join-service", List.of("csi=0")).check(CSI, wanted.id());
    if (KeyIds.isStateDisk(wanted.id()) || KeyIds.RESERVED.contains(wanted.id())) {
      throw new AssertionError("a disk's key is given to another caller");
    }
    return wanted;
  }

  private static List<Bytes> requests() {
    return List.of(message("0", 1), message("0b7c9f2e-1d3a-4c5b-8e6f", 32));
  }

  private static Bytes message(String id, int length) {
    return Bytes.of(
        GetDataKeyRequest.newBuilder().setDataKeyId(id).setLength(length).build().toByteArray());
  }

  /** The join-service's name, then grants, a line each. */
  private static Callers callers(String text) throws MalformedException {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty()) {
      throw new MalformedException("flags", "are none");
    }
    return Callers.named(lines.getFirst(), lines.subList(1, lines.size()));
  }
}
