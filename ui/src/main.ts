import './styles/tokens.css';
import './styles/base.css';

import { mount } from 'svelte';

import App from './App.svelte';
import type { Backend } from './backend/backend';
import { tauriBackend } from './backend/tauri';

async function backend(): Promise<Backend> {
  const scene = new URLSearchParams(location.search).get('fake');
  if (import.meta.env.DEV && scene !== null) {
    const { sceneBackend } = await import('./backend/fake/scenes');
    return sceneBackend(scene);
  }
  return tauriBackend();
}

const target = document.getElementById('app');
if (target) void backend().then((held) => mount(App, { target, props: { backend: held } }));
