package dev.asterism.testing;

import io.grpc.netty.shaded.io.netty.handler.ssl.DelegatingSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.ReferenceCounted;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLEngine;

/** Remembers the engines that a context made. */
public final class RecordingTls extends DelegatingSslContext {
  private final List<SSLEngine> engines = new CopyOnWriteArrayList<>();

  public RecordingTls(SslContext context) {
    super(context);
  }

  @Override
  protected void initEngine(SSLEngine engine) {
    engines.add(engine);
  }

  public int engines() {
    return engines.size();
  }

  /** How many still hold native memory. */
  public long live() {
    return engines.stream().filter(engine -> ((ReferenceCounted) engine).refCnt() > 0).count();
  }
}
