package dev.asterism.rpc;

import dev.asterism.crypto.TlsIdentity;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

/**
 * Makes each connection's engine with the identity of the moment. Engines hold on to the native
 * context they were made by, so that a change leaves running connections alone.
 */
final class MutualTlsContext extends SslContext {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Supplier<TlsIdentity> identity;
  private final Function<TlsIdentity, ReferenceCountedOpenSslContext> maker;
  private final Current current;

  /** What engines are made by now; apart from this object, so that it can be freed after it. */
  private static final class Current implements Runnable {
    private final ReentrantLock lock = new ReentrantLock();
    private TlsIdentity madeOf;
    private ReferenceCountedOpenSslContext context;

    private Current(TlsIdentity madeOf, ReferenceCountedOpenSslContext context) {
      this.madeOf = madeOf;
      this.context = context;
    }

    @Override
    public void run() {
      context.release();
    }
  }

  MutualTlsContext(
      Supplier<TlsIdentity> identity, Function<TlsIdentity, ReferenceCountedOpenSslContext> maker) {
    TlsIdentity first = identity.get();
    this.identity = identity;
    this.maker = maker;
    this.current = new Current(first, maker.apply(first));
    CLEANER.register(this, current);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator buffers) {
    return engine(context -> context.newEngine(buffers));
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator buffers, String peerHost, int peerPort) {
    return engine(context -> context.newEngine(buffers, peerHost, peerPort));
  }

  @SuppressWarnings("ReferenceEquality") // Whoever reloads makes a new object.
  private SSLEngine engine(Function<SslContext, SSLEngine> make) {
    TlsIdentity now = identity.get();
    current.lock.lock();
    try {
      if (now != current.madeOf) {
        ReferenceCountedOpenSslContext next = maker.apply(now);
        current.context.release();
        current.context = next;
        current.madeOf = now;
      }
      return make.apply(current.context);
    } finally {
      current.lock.unlock();
    }
  }

  private SslContext any() {
    current.lock.lock();
    try {
      return current.context;
    } finally {
      current.lock.unlock();
    }
  }

  @Override
  public boolean isClient() {
    return any().isClient();
  }

  @Override
  public List<String> cipherSuites() {
    return any().cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // The only way to tell gRPC that this context speaks h2.
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return any().applicationProtocolNegotiator();
  }

  @Override
  public SSLSessionContext sessionContext() {
    return any().sessionContext();
  }
}
