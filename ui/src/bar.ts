import './styles/tokens.css';
import './styles/base.css';

import { mount } from 'svelte';

import type { BarBackend } from './backend/bar';
import type { Backend } from './backend/backend';
import { tauriBackend, tauriBar } from './backend/tauri';
import BarApp from './BarApp.svelte';

async function backends(): Promise<[Backend, BarBackend]> {
  const scene = new URLSearchParams(location.search).get('fake');
  if (import.meta.env.DEV && scene !== null) {
    const [{ sceneBackend }, { FakeBar }] = await Promise.all([import('./backend/fake/scenes'), import('./backend/fake/bar')]);
    const backend = sceneBackend(scene);
    return [backend, new FakeBar(backend)];
  }
  return [tauriBackend(), tauriBar()];
}

const target = document.getElementById('app');
if (target) void backends().then(([backend, bar]) => mount(BarApp, { target, props: { backend, bar } }));
