package dev.asterism.atls;

import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.grpc.netty.shaded.io.netty.internal.tcnative.SSL;
import java.lang.reflect.Field;
import javax.net.ssl.SSLEngine;

/** Looks where only tests may look. */
final class NativeState {
  private NativeState() {}

  static boolean resumed(SSLEngine engine) {
    return SSL.isSessionReused(((ReferenceCountedOpenSslEngine) engine).sslPointer());
  }

  static int options(SSLEngine engine) {
    return SSL.getOptions(((ReferenceCountedOpenSslEngine) engine).sslPointer());
  }

  /** The native context behind an engine. */
  static ReferenceCountedOpenSslContext context(SSLEngine engine) {
    try {
      Field parent = ReferenceCountedOpenSslEngine.class.getDeclaredField("parentContext");
      parent.setAccessible(true);
      return (ReferenceCountedOpenSslContext) parent.get(engine);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
