package dev.asterism.testing;

import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.Kubeadm;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Remembers what it was asked to do, and fails as often as it is told. */
public final class FakeKubeadm implements Kubeadm {
  public static final String KUBECONFIG = "apiVersion: v1\nkind: Config\n";

  public final List<InitPlan> inits = new CopyOnWriteArrayList<>();
  public final List<JoinPlan> joins = new CopyOnWriteArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile @Nullable CountDownLatch gate;

  public void failNext(int times) {
    failures.set(times);
  }

  /** The next calls wait until the latch opens. */
  public void holdAt(CountDownLatch latch) {
    gate = latch;
  }

  /** What {@link #fetch} fails with; nothing for null. */
  public volatile @Nullable IOException notToBeHad;

  public final List<List<Component>> fetched = new CopyOnWriteArrayList<>();

  @Override
  public void fetch(List<Component> components) throws IOException {
    fetched.add(List.copyOf(components));
    IOException failure = notToBeHad;
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
  }

  @Override
  public String init(InitPlan plan) throws IOException {
    inits.add(plan);
    work();
    return KUBECONFIG;
  }

  @Override
  public void join(JoinPlan plan) throws IOException {
    joins.add(plan);
    work();
  }

  private void work() throws IOException {
    try {
      CountDownLatch latch = gate;
      if (latch != null) {
        latch.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new IOException("kubeadm: etcd is not well");
    }
  }
}
