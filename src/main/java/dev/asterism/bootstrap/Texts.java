package dev.asterism.bootstrap;

import com.google.protobuf.ByteString;
import dev.asterism.crypto.Secret;
import dev.asterism.kubernetes.Component;
import dev.asterism.wire.Bytes;
import java.util.List;

/** Small conversions of what messages hold. */
final class Texts {
  private Texts() {}

  static Bytes bytes(ByteString value) {
    return Bytes.of(value.toByteArray());
  }

  /** A copy of its own; the message keeps, and cannot zero, the other one. */
  static Secret secret(ByteString value) {
    return Secret.takeOver(value.toByteArray());
  }

  /** What there is to install; not checked yet. */
  static List<Component> components(List<dev.asterism.proto.components.Component> list) {
    return list.stream()
        .map(c -> new Component(c.getUrl(), c.getHash(), c.getInstallPath(), c.getExtract()))
        .toList();
  }
}
